//! What `strace` saw: the system calls of a worker, and what of their effects would outlive the machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::{Path, PathBuf},
};

/// One system call that has returned, or in which the process died.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// Everything between the parentheses.
    arguments: String,
    /// Nothing where the process died.
    result: Option<i64>,
    /// What stands behind the result: the path of a file that was opened, say.
    remark: String,
}

/// The calls in what `strace -f -y` wrote, in the order in which they returned.
pub(crate) fn parse(text: &str) -> Vec<Call> {
    let mut unfinished: BTreeMap<&str, String> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((process, line)) = line.split_once(' ') else { continue };
        let line = line.trim_start();
        if let Some(begin) = line.strip_suffix("<unfinished ...>") {
            unfinished.insert(process, begin.to_owned());
        } else if let Some((_, end)) =
            line.strip_prefix("<... ").and_then(|line| line.split_once(" resumed>"))
        {
            let begin = unfinished.remove(process).unwrap_or_default();
            calls.extend(Call::parse(&(begin + end)));
        } else {
            calls.extend(Call::parse(line));
        }
    }
    calls
}

impl Call {
    /// Nothing for lines about signals and exits.
    fn parse(line: &str) -> Option<Self> {
        let (call, result) = line.rsplit_once(" = ")?;
        let (name, arguments) = call.split_once('(')?;
        let (result, remark) = result.split_once([' ', '<']).unwrap_or((result, ""));
        Some(Self {
            name: name.to_owned(),
            arguments: arguments.trim_end().trim_end_matches(')').to_owned(),
            result: result.parse().ok(),
            remark: remark.to_owned(),
        })
    }

    pub(crate) fn is_mark(&self, name: &str) -> bool {
        self.arguments.contains(&format!("\"{name}\""))
    }

    pub(crate) fn makes_a_file(&self) -> bool {
        self.name == "openat" && self.arguments.contains("O_CREAT")
    }

    /// The file that the first argument stands for, with its number.
    fn file(&self) -> Option<(i64, PathBuf)> {
        let (number, rest) = self.arguments.split_once('<')?;
        Some((number.parse().ok()?, rest.split_once('>')?.0.into()))
    }

    /// The paths among the arguments.
    fn paths(&self) -> Vec<PathBuf> {
        self.arguments.split('"').skip(1).step_by(2).map(PathBuf::from).collect()
    }

    fn says(&self, text: &str) -> bool {
        self.name == "write" && self.arguments.contains(text)
    }
}

/// Which effects of the calls so far would be lost if the machine lost its power, as far as a writer
/// of the ledger may assume: bytes are safe once their file was synced, and names once their directory was.
pub(crate) struct Disk {
    ledger: PathBuf,
    /// Where in each open file the next byte goes.
    places: BTreeMap<i64, u64>,
    /// What was written and not synced.
    unsynced: BTreeMap<PathBuf, Vec<Range<u64>>>,
    /// What was written before a sync that failed. The system may have forgotten that it has to be written,
    /// so that another sync does nothing for it.
    forgotten: BTreeMap<PathBuf, Vec<Range<u64>>>,
    /// Names that were made and whose directories were not synced since.
    names: BTreeSet<PathBuf>,
    /// Names that are there.
    present: BTreeSet<PathBuf>,
}

impl Disk {
    /// A disk on which everything that is there is safe.
    pub(crate) fn new(ledger: &Path, present: BTreeSet<PathBuf>) -> Self {
        Self {
            ledger: ledger.to_owned(),
            places: BTreeMap::new(),
            unsynced: BTreeMap::new(),
            forgotten: BTreeMap::new(),
            names: BTreeSet::new(),
            present,
        }
    }

    /// Carries out calls. At each acknowledgement everything must be safe.
    pub(crate) fn check(&mut self, calls: &[Call]) {
        for call in calls {
            if call.says("\"acknowledged ") {
                // What is asked for again is answered from the ledger: the entry is there and safe, and
                // a head that is not makes no difference, as complete entries behind it are kept.
                let head = self.ledger.join("head");
                let repeated = call.says(" repeated");
                let lost: Vec<&PathBuf> =
                    self.lost().filter(|path| !(repeated && **path == head)).collect();
                assert!(lost.is_empty(), "acknowledged before these are safe: {lost:?}");
            }
            self.carry_out(call);
        }
    }

    /// What would be lost of what a ledger consists of.
    fn lost(&self) -> impl Iterator<Item = &PathBuf> {
        let written = self.unsynced.iter().chain(&self.forgotten);
        let bytes = written.filter(|(_, ranges)| !ranges.is_empty()).map(|(path, _)| path);
        let above = self.names.iter().filter(|path| self.ledger.starts_with(path));
        let within = bytes.chain(&self.names).filter(|path| {
            path.starts_with(&self.ledger) && **path != self.ledger
                // What follows from the entries can be made again.
                && !path.starts_with(self.ledger.join("tiles"))
                && !path.starts_with(self.ledger.join("set-aside"))
                && path.extension().is_none_or(|ending| ending != "tmp")
        });
        above.chain(within)
    }

    fn carry_out(&mut self, call: &Call) {
        match (call.name.as_str(), call.file(), call.result) {
            ("fsync" | "fdatasync", Some((_, path)), Some(0)) => {
                self.unsynced.remove(&path);
                self.names.retain(|name| name.parent() != Some(&path));
            }
            ("fsync" | "fdatasync", Some((_, path)), Some(_)) => {
                let ranges = self.unsynced.remove(&path).unwrap_or_default();
                self.forgotten.entry(path).or_default().extend(ranges);
            }
            (_, _, None | Some(..0)) => {}
            ("openat", _, Some(number)) => self.open(call, number),
            ("lseek", Some((number, _)), Some(place)) => {
                self.places.insert(number, place.unsigned_abs());
            }
            ("read", Some((number, _)), Some(length)) => {
                *self.places.entry(number).or_default() += length.unsigned_abs();
            }
            ("write" | "writev", Some((number, path)), Some(length)) => {
                let begin = self.places.get(&number).copied().unwrap_or(0);
                let end = begin + length.unsigned_abs();
                self.places.insert(number, end);
                self.write(path, begin..end);
            }
            ("pwrite64" | "pwritev", Some((_, path)), Some(length)) => {
                let begin = call.arguments.rsplit_once(", ").unwrap().1.parse::<u64>().unwrap();
                self.write(path, begin..begin + length.unsigned_abs());
            }
            ("rename" | "renameat" | "renameat2", ..) => {
                let [from, to] = call.paths().try_into().expect("two paths");
                let ranges = [&self.unsynced, &self.forgotten].map(|all| all.get(&from));
                let safe = ranges.into_iter().flatten().all(|ranges| ranges.is_empty());
                assert!(safe, "{} gets its name before it is safe", to.display());
                self.unsynced.remove(&to);
                self.forgotten.remove(&to);
                self.names.remove(&from);
                self.present.remove(&from);
                self.present.insert(to.clone());
                self.names.insert(to);
            }
            ("mkdir" | "mkdirat", ..) => self.names.extend(call.paths()),
            ("unlink" | "unlinkat", ..) => {
                for path in call.paths() {
                    self.unsynced.remove(&path);
                    self.forgotten.remove(&path);
                    self.names.remove(&path);
                    self.present.remove(&path);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, call: &Call, number: i64) {
        let path = PathBuf::from(call.remark.trim_end_matches('>'));
        self.places.insert(number, 0);
        if call.arguments.contains("O_TRUNC") {
            self.unsynced.remove(&path);
            self.forgotten.remove(&path);
        }
        if call.makes_a_file() && self.present.insert(path.clone()) {
            self.names.insert(path);
        }
    }

    fn write(&mut self, path: PathBuf, range: Range<u64>) {
        if let Some(forgotten) = self.forgotten.get_mut(&path) {
            *forgotten = forgotten.iter().flat_map(|old| without(old, &range)).collect();
        }
        self.unsynced.entry(path).or_default().push(range);
    }
}

/// What of a range lies outside another one.
fn without(whole: &Range<u64>, part: &Range<u64>) -> Vec<Range<u64>> {
    let before = whole.start..whole.end.min(part.start);
    let after = whole.start.max(part.end)..whole.end;
    [before, after].into_iter().filter(|range| !range.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost_after(lines: &str) -> Vec<PathBuf> {
        let mut disk = Disk::new(Path::new("/l"), BTreeSet::new());
        disk.check(&parse(lines));
        disk.lost().cloned().collect()
    }

    const OPEN: &str = "7 openat(AT_FDCWD</>, \"/l/a\", O_WRONLY|O_CREAT, 0600) = 3</l/a>\n";
    const WRITE: &str = "7 write(3</l/a>, \"abc\", 3) = 3\n";
    const SYNC: &str = "7 fdatasync(3</l/a>) = 0\n";
    const SYNC_NAMES: &str = "7 fsync(4</l>) = 0\n";
    const FAILED: &str = "7 fdatasync(3</l/a>) = -1 EIO (Input/output error) (INJECTED)\n";

    #[test]
    fn bytes_and_names_are_safe_when_both_were_synced() {
        assert_eq!(lost_after(&[OPEN, WRITE, SYNC, SYNC_NAMES].concat()), [] as [PathBuf; 0]);
        assert_eq!(lost_after(&[OPEN, WRITE, SYNC].concat()), [Path::new("/l/a")]);
        assert_eq!(lost_after(&[OPEN, WRITE, SYNC_NAMES].concat()), [Path::new("/l/a")]);
        assert_eq!(
            lost_after(&[OPEN, WRITE, SYNC_NAMES, FAILED, SYNC].concat()),
            [Path::new("/l/a")]
        );
    }

    #[test]
    fn what_a_failed_sync_forgot_is_safe_when_it_was_written_again() {
        let again = "7 lseek(3</l/a>, 0, SEEK_SET) = 0\n";
        let lines = [OPEN, WRITE, SYNC_NAMES, FAILED, again, WRITE, SYNC].concat();
        assert_eq!(lost_after(&lines), [] as [PathBuf; 0]);
    }

    #[test]
    fn calls_that_others_interrupt_are_put_together() {
        let lines = "7 fdatasync(3</l/a> <unfinished ...>\n8 close(4</l/b>) = 0\n7 <... fdatasync resumed>) = 0\n";
        let names: Vec<String> = parse(lines).into_iter().map(|call| call.name).collect();
        assert_eq!(names, ["close", "fdatasync"]);
        assert_eq!(lost_after(&[OPEN, WRITE, SYNC_NAMES, lines].concat()), [] as [PathBuf; 0]);
    }

    #[test]
    #[should_panic(expected = "acknowledged before")]
    fn an_early_acknowledgement_is_found() {
        let said = "7 write(1<pipe:[1]>, \"acknowledged x 1 sha256:00 allow first\\n\", 20) = 20\n";
        lost_after(&[OPEN, WRITE, said].concat());
    }

    #[test]
    #[should_panic(expected = "before it is safe")]
    fn an_early_name_is_found() {
        lost_after(&[OPEN, WRITE, "7 rename(\"/l/a\", \"/l/head\") = 0\n"].concat());
    }
}
