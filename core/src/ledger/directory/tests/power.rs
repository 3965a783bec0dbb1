//! The power fails at every step of a writer, and takes with it whatever was not synced.
//!
//! The model: a file's content survives as it was at its last sync, or as it is; a directory's names
//! survive as they were at its last sync, or as they are. A test opens every such survivor.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    sync::{Arc, Mutex},
};

use super::{super::files::Step, *};

/// What would be found after a power cut.
#[derive(Clone, Debug, Default, PartialEq)]
struct Survivor {
    files: BTreeMap<PathBuf, Vec<u8>>,
    directories: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Synced,
    Latest,
}

/// Follows what is durable.
#[derive(Default)]
struct Model {
    root: PathBuf,
    /// The last step has been made when the next one begins.
    last: Option<(Step, PathBuf)>,
    /// By inode.
    contents: BTreeMap<u64, Vec<u8>>,
    names: BTreeMap<PathBuf, BTreeMap<PathBuf, u64>>,
    survivors: Vec<Survivor>,
}

impl Model {
    /// Takes all that is there for durable.
    fn new(root: &Path) -> Self {
        let mut model = Self { root: root.to_path_buf(), ..Self::default() };
        model.sync_all_below(root);
        model
    }

    fn sync_all_below(&mut self, directory: &Path) {
        self.sync_names(directory);
        for (path, _) in items(directory) {
            if path.is_dir() {
                self.sync_all_below(&path);
            } else {
                self.sync_content(&path);
            }
        }
    }

    fn sync_names(&mut self, directory: &Path) {
        let inode = |path: &Path| fs::metadata(path).unwrap().ino();
        let names = items(directory).into_iter().map(|(path, name)| (name, inode(&path)));
        self.names.insert(directory.to_path_buf(), names.collect());
    }

    fn sync_content(&mut self, path: &Path) {
        let inode = fs::metadata(path).unwrap().ino();
        self.contents.insert(inode, fs::read(path).unwrap());
    }

    /// Notes what the last step made durable, and what could be found if the power failed now.
    fn step(&mut self, next: Option<(Step, PathBuf)>) {
        if let Some((step, path)) = std::mem::replace(&mut self.last, next) {
            match step {
                Step::SyncAll | Step::SyncData => self.sync_content(&path),
                Step::SyncDirectory if path.starts_with(&self.root) => self.sync_names(&path),
                // Inodes are used again: a new file has nothing durable.
                Step::Create => {
                    self.contents.insert(fs::metadata(&path).unwrap().ino(), Vec::new());
                }
                _ => {}
            }
        }
        for names in [Fate::Synced, Fate::Latest] {
            for content in [Fate::Synced, Fate::Latest] {
                let mut survivor = Survivor::default();
                self.survive(&self.root.clone(), (names, content), &mut survivor);
                if !self.survivors.contains(&survivor) {
                    self.survivors.push(survivor);
                }
            }
        }
    }

    fn survive(&self, directory: &Path, fate: (Fate, Fate), survivor: &mut Survivor) {
        survivor.directories.push(directory.to_path_buf());
        let latest: BTreeMap<u64, PathBuf> = all_files(&self.root)
            .into_iter()
            .map(|path| (fs::metadata(&path).unwrap().ino(), path))
            .collect();
        let names: BTreeMap<PathBuf, u64> = match fate.0 {
            Fate::Synced => self.names.get(directory).cloned().unwrap_or_default(),
            Fate::Latest => items(directory)
                .into_iter()
                .map(|(path, name)| (name, fs::metadata(path).unwrap().ino()))
                .collect(),
        };
        for (name, inode) in names {
            let path = directory.join(name);
            if path.is_dir() {
                self.survive(&path, fate, survivor);
                continue;
            }
            let synced = || self.contents.get(&inode).cloned();
            let content = match fate.1 {
                Fate::Synced => synced(),
                Fate::Latest => {
                    latest.get(&inode).map(|path| fs::read(path).unwrap()).or_else(synced)
                }
            };
            survivor.files.insert(path, content.unwrap_or_default());
        }
    }
}

fn all_files(directory: &Path) -> Vec<PathBuf> {
    let (directories, mut files): (Vec<_>, Vec<_>) =
        items(directory).into_iter().map(|(path, _)| path).partition(|path| path.is_dir());
    files.extend(directories.iter().flat_map(|path| all_files(path)));
    files
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    let directory = scratch();
    let root = directory.path().canonicalize().unwrap();
    let path = root.join("ledger");
    drop(ledger_of(&path, 3));
    // A writer was interrupted here before: recovery is examined as well.
    let head = fs::read(path.join("head")).unwrap();
    open(&path, &Disk::default()).unwrap().append(3, draft(3)).unwrap();
    fs::write(path.join("head"), head).unwrap();
    let last = items(&path.join("segments")).pop().unwrap().0;
    let bytes = [fs::read(&last).unwrap().as_slice(), b"half a record"].concat();
    fs::write(&last, bytes).unwrap();

    let model = Arc::new(Mutex::new(Model::new(&path)));
    let disk = Disk::default();
    let observing = Arc::clone(&model);
    disk.observe(Box::new(move |step, path| {
        observing.lock().unwrap().step(Some((step, path.to_path_buf())));
    }));
    let ledger = open(&path, &disk).unwrap();
    let mut acknowledged = vec![3];
    let mut finish = |size: u64| {
        let mut model = model.lock().unwrap();
        model.step(None);
        // What is found from here on must hold what is acknowledged here.
        let found = std::mem::take(&mut model.survivors);
        let at_least = *acknowledged.last().unwrap();
        acknowledged.push(size);
        found.into_iter().map(move |survivor| (at_least, survivor)).collect::<Vec<_>>()
    };
    let mut survivors = finish(4);
    for number in 4..9 {
        ledger.append(number, draft(number)).unwrap();
        survivors.extend(finish(number + 1));
    }
    model.lock().unwrap().step(None);
    survivors.extend(finish(9));
    assert!(survivors.len() > 40, "only {} survivors were found", survivors.len());

    for (number, (at_least, survivor)) in survivors.into_iter().enumerate() {
        let copied = root.join(format!("survivor-{number}"));
        let moved = |path: &Path| copied.join(path.strip_prefix(&root).unwrap());
        for directory in &survivor.directories {
            fs::create_dir_all(moved(directory)).unwrap();
        }
        for (path, content) in &survivor.files {
            fs::write(moved(path), content).unwrap();
        }
        check_survivor(&copied.join("ledger"), at_least);
        fs::remove_dir_all(copied).unwrap();
    }
}
