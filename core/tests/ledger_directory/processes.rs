//! Several processes at one ledger, and processes that are killed. The test binary runs itself: the
//! ignored test below is what its children do.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, ErrorKind, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use poundlock::ledger::Ledger;
use tempfile::tempdir;

use super::support::{draft, ledger_of};

const DIRECTORY: &str = "POUNDLOCK_TEST_LEDGER";
const NUMBERS: &str = "POUNDLOCK_TEST_NUMBERS";

/// Appends one entry for each number, whoever else appends, and prints what was acknowledged.
#[test]
#[ignore = "other tests run it in processes of its own"]
fn child() {
    let (Ok(directory), Ok(numbers)) = (env::var(DIRECTORY), env::var(NUMBERS)) else {
        return;
    };
    let ledger = Ledger::open(directory.as_ref()).unwrap();
    let (from, to) = numbers.split_once("..").unwrap();
    for number in from.parse::<u64>().unwrap()..to.parse().unwrap() {
        let (sequence, hash) = append_somewhere(&ledger, number);
        let mut output = std::io::stdout().lock();
        writeln!(output, "acknowledged {sequence} {hash}").unwrap();
        output.flush().unwrap();
    }
}

/// Appends after whatever others have appended.
fn append_somewhere(ledger: &Ledger, number: u64) -> (u64, String) {
    loop {
        let sequence = ledger.head().unwrap().size;
        match ledger.append(sequence, draft(number)) {
            Ok(recorded) => return (sequence, recorded.hash.to_string()),
            Err(error) => assert_eq!(error.code(), "ledger.conflict", "{error}"),
        }
    }
}

struct Writer {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Writer {
    fn start(directory: &Path, numbers: std::ops::Range<u64>) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "processes::child", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory)
            .env(NUMBERS, format!("{}..{}", numbers.start, numbers.end))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output }
    }

    /// The next acknowledgement that the child printed completely: sequence number and hash.
    fn next(&mut self) -> Option<(u64, String)> {
        let mut line = String::new();
        while self.output.read_line(&mut line).unwrap() > 0 {
            // The test runner begins its line and does not end it.
            if let Some(at) = line.find("acknowledged ").filter(|_| line.ends_with('\n')) {
                let (_, acknowledged) = line.split_at(at);
                let mut words = acknowledged.split_whitespace().skip(1);
                return Some((words.next()?.parse().unwrap(), words.next()?.to_owned()));
            }
            line.clear();
        }
        None
    }
}

#[test]
fn a_writer_that_is_killed_loses_nothing_that_it_acknowledged() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    drop(Ledger::create(&path).unwrap());
    let mut acknowledged = BTreeMap::new();
    // A small generator is enough to vary how much a writer does before it is killed.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..50 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut writer = Writer::start(&path, 0..u64::MAX);
        for _ in 0..random % 8 {
            acknowledged.extend(writer.next());
        }
        for step in 0..random % 60_011 {
            std::hint::black_box(step);
        }
        writer.process.kill().unwrap();
        writer.process.wait().unwrap();
        while let Some(next) = writer.next() {
            acknowledged.extend([next]);
        }
        let ledger = Ledger::open(&path).unwrap();
        let size = ledger.verify().unwrap().size;
        let entries = ledger.read(0, usize::MAX).unwrap();
        assert_eq!(entries.len() as u64, size);
        for (sequence, hash) in &acknowledged {
            let entry = entries.get(*sequence as usize);
            assert_eq!(
                entry.map(|entry| entry.hash.to_string()).as_ref(),
                Some(hash),
                "round {round}"
            );
        }
    }
    assert!(acknowledged.len() > 50, "only {} entries were acknowledged", acknowledged.len());
}

// Requirements: N11.
#[test]
fn two_processes_lose_and_double_nothing_while_others_read() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let reader = Ledger::create(&path).unwrap();
    let mut writers = [Writer::start(&path, 0..100), Writer::start(&path, 100..200)];
    let mut acknowledged = BTreeMap::new();
    while acknowledged.len() < 200 {
        for writer in &mut writers {
            if let Some((sequence, hash)) = writer.next() {
                assert_eq!(acknowledged.insert(sequence, hash), None, "entry {sequence} twice");
            }
        }
        // Whatever has been acknowledged can be read at once, in an old handle and in a new one.
        let size = reader.verify().unwrap().size;
        assert!(size >= acknowledged.len() as u64);
        let fresh = Ledger::open(&path).unwrap();
        assert!(fresh.head().unwrap().size >= size);
    }
    for mut writer in writers {
        assert!(writer.process.wait().unwrap().success());
    }
    let entries = reader.read(0, usize::MAX).unwrap();
    let found: Vec<(u64, String)> = entries
        .iter()
        .map(|recorded| (recorded.entry.sequence, recorded.hash.to_string()))
        .collect();
    assert_eq!(found, acknowledged.into_iter().collect::<Vec<_>>());
    let mut bodies: Vec<_> = entries.iter().map(|recorded| recorded.entry.body.clone()).collect();
    bodies.sort();
    let mut expected: Vec<_> = (0..200).map(|number| draft(number).body).collect();
    expected.sort();
    assert_eq!(bodies, expected);
}

#[test]
fn threads_that_share_a_handle_lose_and_double_nothing() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let shared = Ledger::create(&path).unwrap();
    let other = Ledger::open(&path).unwrap();
    std::thread::scope(|scope| {
        for (thread, ledger) in [&shared, &shared, &shared, &other].into_iter().enumerate() {
            let first = thread as u64 * 20;
            scope.spawn(move || {
                for number in first..first + 20 {
                    let (sequence, hash) = append_somewhere(ledger, number);
                    let read = ledger.read(sequence, 1).unwrap();
                    assert_eq!(read[0].hash.to_string(), hash);
                }
            });
        }
    });
    assert_eq!(shared.verify().unwrap(), other.verify().unwrap());
    let mut bodies: Vec<_> = shared
        .read(0, usize::MAX)
        .unwrap()
        .into_iter()
        .map(|recorded| recorded.entry.body)
        .collect();
    bodies.sort();
    let mut expected: Vec<_> = (0..80).map(|number| draft(number).body).collect();
    expected.sort();
    assert_eq!(bodies, expected);
}

/// A reservation begins with what a dead writer left, so that nothing comes between it and the append.
#[test]
fn whoever_has_reserved_is_first() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let ledger = ledger_of(&path, 3);
    let head = fs::read(path.join("head")).unwrap();
    Ledger::open(&path).unwrap().append(3, draft(3)).unwrap();
    fs::write(path.join("head"), head).unwrap();
    let reservation = ledger.reserve().unwrap();
    let size = ledger.head().unwrap().size;
    reservation.append(size, draft(size)).unwrap();
}

/// Opens a ledger that may not be written, in a process that is not allowed everything.
#[test]
#[ignore = "another test runs it in a process of its own"]
fn reading_child() {
    let Ok(directory) = env::var(DIRECTORY) else {
        return;
    };
    let ledger = Ledger::open(directory.as_ref()).unwrap();
    assert_eq!(ledger.verify().unwrap().size, 3);
    assert_eq!(ledger.notices().len(), 1);
    assert_eq!(ledger.append(3, draft(3)).unwrap_err().code(), "io");
    println!("read");
}

#[cfg(unix)]
#[test]
fn whoever_may_only_read_can_read() {
    use std::os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    };

    fn protect(path: &Path) {
        let is_directory = path.is_dir();
        if is_directory {
            fs::read_dir(path).unwrap().for_each(|item| protect(&item.unwrap().path()));
        }
        let mode = if is_directory { 0o555 } else { 0o444 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    drop(ledger_of(&path, 3));
    let segment = path.join("segments/00000000000000000000.seg");
    let bytes = [fs::read(&segment).unwrap().as_slice(), b"half a record"].concat();
    fs::write(&segment, &bytes).unwrap();
    protect(&path);
    // The program is copied to where anybody may run it.
    let program = directory.path().join("program");
    fs::copy(env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&program);
    command.args(["--exact", "processes::reading_child", "--ignored", "--nocapture"]);
    command.env(DIRECTORY, &path).current_dir("/");
    if fs::metadata(directory.path()).unwrap().uid() == 0 {
        // The superuser may write everything.
        command.uid(65_534).gid(65_534);
    }
    // Another test may just be starting a program, and with it hold the copy open for writing for a moment.
    let output = loop {
        match command.output() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            output => break output.unwrap(),
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("read\n"), "{text}");
    assert_eq!(fs::read(&segment).unwrap(), bytes);
    for directory in [&path.join("segments"), &path] {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
