//! A whole ledger as one file: a plain tar archive of a ledger directory.
//!
//! An archive follows from the entries, the kept checkpoint and the attachments that are there, so that
//! the same ledger always gives the same bytes, in whichever files it is kept. What is imported must be
//! exactly what exporting it would write; no other file is accepted.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    SEGMENT_BYTES, exists,
    files::Files,
    head::{HEAD_BYTES, Position, StoredHead},
    record,
};
use crate::{
    digest::{Digest, Hasher},
    error::{Code, Error, Result},
    ledger::{
        Head, Ledger, Verified,
        chain::Chain,
        chunk::compare_nodes,
        nodes::{self, Additions, LEVELS, NODE_BYTES, STEP},
        store::Store,
        verification::compare,
    },
    limits,
};

/// What headers, and the files that follow them, are multiples of.
const BLOCK: usize = 512;
/// How much is copied at once.
const CHUNK_BYTES: usize = 256 * 1024;
/// After so many entries, the nodes that they add are compared with the stored ones.
const COMPARE_EVERY: u64 = 65_536;

/// Tells apart the directories that one process imports into.
static TEMPORARY: AtomicU64 = AtomicU64::new(0);

impl Ledger {
    /// Writes the whole ledger as one file: a plain tar archive of a ledger directory. The ledger may
    /// grow meanwhile; the archive has what was there at the beginning. Entries, nodes and attachments are
    /// verified on the way. Missing attachments are left out.
    ///
    /// The same entries, checkpoint and attachments give the same bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Ledger::verify`] where the ledger is damaged, but for missing attachments; `io`.
    pub fn export(&self, archive: impl Write) -> Result<Head> {
        self.check_process()?;
        // Read before the head, which therefore covers it.
        let checkpoint = self.checkpoint()?;
        let chain = self.catch_up()?;
        let store = &*self.store;
        let contents = Contents::of(store, &chain)?;
        let mut writer = Writer { archive, left: 0, padding: 0 };
        let head = StoredHead { chain: chain.clone(), end: contents.end };
        writer.file(Item::Head, &head.to_bytes()?)?;
        if let Some(checkpoint) = checkpoint {
            writer.file(Item::Checkpoint, checkpoint.text().as_bytes())?;
        }
        writer.segments(store, chain.size(), &contents)?;
        writer.tiles(store, chain.size())?;
        for digest in &contents.attachments {
            if let Some(content) = store.attachment(digest)? {
                writer.file(Item::Attachment(*digest), &content)?;
            }
        }
        writer.finish()?;
        Ok(chain.head())
    }

    /// Makes a ledger directory of what [`Ledger::export`] wrote, which may come from anybody.
    ///
    /// Everything is unpacked beside the place where it is to be, made durable, opened and handed to
    /// `verify`, which calls [`Ledger::verify`] or demands more. Only then it appears under its name. If
    /// anything fails, nothing is left. An unpacked archive is no larger than the archive.
    ///
    /// # Errors
    ///
    /// `ledger.exists` when there is anything at the place; `ledger.archive` when the archive is not exactly
    /// what exporting the ledger in it writes; `limit.size`; those of [`Ledger::open`] and of `verify`; `io`.
    pub fn import(
        archive: impl Read,
        directory: &Path,
        verify: impl FnOnce(&Self) -> Result<Verified>,
    ) -> Result<Verified> {
        if fs::symlink_metadata(directory).is_ok() {
            return Err(exists(directory).with_help("name a place where there is nothing"));
        }
        let files = Files::default();
        let place = Place::beside(directory, &files)?;
        let digest = unpack(archive, &place.temporary, &files)?;
        let verified = {
            let ledger = Self::open_read_only(&place.temporary)?;
            let verified = verify(&ledger)?;
            let mut hashing = Hashing::default();
            ledger.export(&mut hashing)?;
            if hashing.0.finish() != digest {
                return Err(unsuitable("it is not what exporting the ledger in it writes"));
            }
            verified
        };
        place.appear(directory, &files)?;
        Ok(verified)
    }
}

/// A file in an archive, in the order in which they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Head,
    Checkpoint,
    Segment(u64),
    /// By kept level.
    Tile(usize),
    Attachment(Digest),
}

impl Item {
    fn name(self) -> String {
        match self {
            Self::Head => "head".to_owned(),
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Segment(first) => format!("segments/{first:020}.seg"),
            Self::Tile(level) => {
                let step = usize::try_from(STEP).unwrap_or(usize::MAX);
                format!("tiles/{:02}", level.saturating_mul(step))
            }
            Self::Attachment(digest) => {
                let hex = digest.to_hex();
                let (first, rest) = hex.split_at_checked(2).unwrap_or_default();
                format!("attachments/sha256/{first}/{rest}")
            }
        }
    }

    /// The item of a name, which can be no other path than one of these.
    fn of(name: &str) -> Option<Self> {
        let item = match name.split_once('/') {
            None if name == "head" => Self::Head,
            None => Self::Checkpoint,
            Some(("segments", rest)) => Self::Segment(rest.strip_suffix(".seg")?.parse().ok()?),
            Some(("tiles", height)) => {
                let height: u32 = height.parse().ok()?;
                Self::Tile(usize::try_from(height / STEP).ok()?)
            }
            Some((_, rest)) => {
                let hex = rest.strip_prefix("sha256/")?.replacen('/', "", 1);
                Self::Attachment(format!("sha256:{hex}").parse().ok()?)
            }
        };
        (item.name() == name).then_some(item)
    }

    /// The most bytes that the file may have.
    fn limit(self) -> u64 {
        let limit = match self {
            Self::Head => HEAD_BYTES,
            Self::Checkpoint => limits::CHECKPOINT_BYTES,
            Self::Attachment(_) => limits::ATTACHMENT_BYTES,
            Self::Segment(_) => return SEGMENT_BYTES,
            Self::Tile(level) if level < LEVELS => return u64::MAX,
            Self::Tile(_) => 0,
        };
        u64::try_from(limit).unwrap_or(u64::MAX)
    }

    /// The header of tar before the file.
    fn header(self, length: u64) -> Result<[u8; BLOCK]> {
        let mut header = tar::Header::new_ustar();
        header
            .set_path(self.name())
            .map_err(|_| Error::internal("the name of a file does not fit into an archive"))?;
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(length);
        header.set_cksum();
        Ok(*header.as_bytes())
    }
}

/// What a ledger's segments and attachments are, found by reading the entries once.
struct Contents {
    /// The first entry and the length of each segment.
    segments: Vec<(u64, u64)>,
    end: Position,
    /// Those that the entries name, ascending.
    attachments: Vec<Digest>,
}

impl Contents {
    /// Reads the entries up to a head and verifies them, and the nodes that they give.
    fn of(store: &dyn Store, head: &Chain) -> Result<Self> {
        let mut chain = Chain::default();
        let mut nodes = Additions::to(0);
        let mut contents =
            Self { segments: Vec::new(), end: Position::default(), attachments: Vec::new() };
        store.read(0, head.size(), &mut |sequence, bytes| {
            contents.add(sequence, record::encode(bytes)?.len());
            let (view, _) = chain.push(bytes, &mut nodes)?;
            contents.attachments.extend(view.attachments());
            if chain.size().saturating_sub(nodes.from) >= COMPARE_EVERY {
                compare_additions(store, &nodes)?;
                nodes = Additions::to(chain.size());
            }
            Ok(())
        })?;
        compare(&chain, head)?;
        compare_additions(store, &nodes)?;
        if head.size() > 0 {
            contents.segments.push((contents.end.segment, contents.end.offset));
        }
        contents.attachments.sort_unstable();
        contents.attachments.dedup();
        Ok(contents)
    }

    /// Adds a record where a writer would put it.
    fn add(&mut self, sequence: u64, length: usize) {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let end = self.end;
        if end.offset > 0 && end.offset.saturating_add(length) > SEGMENT_BYTES {
            self.segments.push((end.segment, end.offset));
            self.end = Position { segment: sequence, offset: 0 };
        }
        self.end.offset = self.end.offset.saturating_add(length);
    }
}

fn compare_additions(store: &dyn Store, nodes: &Additions) -> Result<()> {
    nodes.levels().try_for_each(|(level, first, nodes)| compare_nodes(store, level, first, nodes))
}

/// Writes an archive.
struct Writer<W> {
    archive: W,
    /// How many bytes of the present file are to come.
    left: u64,
    /// How many zero bytes follow it.
    padding: usize,
}

impl<W: Write> Writer<W> {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.archive
            .write_all(bytes)
            .map_err(|error| Error::io("the archive cannot be written", error))
    }

    /// Begins a file of this length.
    fn begin(&mut self, item: Item, length: u64) -> Result<()> {
        self.end()?;
        self.put(&item.header(length)?)?;
        self.left = length;
        self.padding = padding(length);
        Ok(())
    }

    /// Writes the next bytes of the file.
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or_else(changed)?;
        self.put(bytes)
    }

    /// Ends the file that was begun last.
    fn end(&mut self) -> Result<()> {
        if self.left > 0 {
            return Err(changed());
        }
        let padding = std::mem::take(&mut self.padding);
        self.put([0; BLOCK].get(..padding).unwrap_or_default())
    }

    fn file(&mut self, item: Item, content: &[u8]) -> Result<()> {
        self.begin(item, u64::try_from(content.len()).unwrap_or(u64::MAX))?;
        self.write(content)
    }

    fn segments(&mut self, store: &dyn Store, size: u64, contents: &Contents) -> Result<()> {
        let mut segments = contents.segments.iter().peekable();
        store.read(0, size, &mut |sequence, bytes| {
            if let Some((first, length)) = segments.next_if(|(first, _)| *first == sequence) {
                self.begin(Item::Segment(*first), *length)?;
            }
            self.write(&record::encode(bytes)?)
        })
    }

    fn tiles(&mut self, store: &dyn Store, size: u64) -> Result<()> {
        let at_once = CHUNK_BYTES / NODE_BYTES;
        for level in 0..LEVELS {
            let count = nodes::count(level, size);
            if count == 0 {
                break;
            }
            let bytes = u64::try_from(NODE_BYTES).unwrap_or(u64::MAX);
            self.begin(Item::Tile(level), count.saturating_mul(bytes))?;
            let mut first = 0;
            while first < count {
                let left = usize::try_from(count.saturating_sub(first)).unwrap_or(usize::MAX);
                let now = left.min(at_once);
                let mut nodes = vec![0; now.saturating_mul(NODE_BYTES)];
                store.read_nodes(level, first, &mut nodes)?;
                self.write(&nodes)?;
                first = first.saturating_add(u64::try_from(now).unwrap_or(u64::MAX));
            }
        }
        Ok(())
    }

    /// Ends the archive.
    fn finish(&mut self) -> Result<()> {
        self.end()?;
        self.put(&[0; 2 * BLOCK])?;
        self.archive.flush().map_err(|error| Error::io("the archive cannot be written", error))
    }
}

/// The bytes between a file's end and the next header.
fn padding(length: u64) -> usize {
    let over = usize::try_from(length % BLOCK as u64).unwrap_or(0);
    if over == 0 { 0 } else { BLOCK - over }
}

/// Reads an archive and takes the hash of all of it.
struct Reader<R> {
    archive: R,
    hasher: Hasher,
}

impl<R: Read> Reader<R> {
    /// Fills a buffer.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.archive.read_exact(buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => unsuitable("it is cut off"),
            _ => unreadable(error),
        })?;
        self.hasher.update(buffer);
        Ok(())
    }

    /// The next header: the file and its length; `None` at the end.
    fn next(&mut self) -> Result<Option<(Item, u64)>> {
        let mut block = [0; BLOCK];
        self.fill(&mut block)?;
        if block == [0; BLOCK] {
            self.fill(&mut block)?;
            let mut more = [0];
            let end = block == [0; BLOCK] && self.archive.read(&mut more).map_err(unreadable)? == 0;
            return if end {
                Ok(None)
            } else {
                Err(unsuitable("there is something after its end"))
            };
        }
        let stray = || unsuitable("it holds something that no ledger consists of");
        let header = tar::Header::from_byte_slice(&block);
        let path = header.path_bytes();
        let item = std::str::from_utf8(&path).ok().and_then(Item::of).ok_or_else(stray)?;
        let length = header.entry_size().map_err(|_| stray())?;
        // Neither links nor devices nor any other way to write the same.
        if item.header(length)? != block {
            return Err(stray());
        }
        if length > item.limit() {
            return Err(Error::new(
                Code::LimitSize,
                "a file in the archive is larger than its limit",
            ));
        }
        Ok(Some((item, length)))
    }

    /// Copies the file whose header was read last.
    fn copy(&mut self, mut length: u64, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let padding = padding(length);
        let mut buffer = vec![0; CHUNK_BYTES];
        while length > 0 {
            let now = usize::try_from(length).unwrap_or(usize::MAX).min(buffer.len());
            let chunk = buffer.get_mut(..now).unwrap_or_default();
            self.fill(chunk)?;
            each(chunk)?;
            length = length.saturating_sub(u64::try_from(now).unwrap_or(u64::MAX));
        }
        self.fill(buffer.get_mut(..padding).unwrap_or_default())
    }
}

/// Unpacks an archive into an empty directory, durably. Returns the hash of the archive.
fn unpack(archive: impl Read, directory: &Path, files: &Files) -> Result<Digest> {
    let mut reader = Reader { archive, hasher: Hasher::default() };
    let mut directories = BTreeSet::from([directory.to_path_buf()]);
    let mut last = None;
    let mut make = |path: &Path| -> Result<fs::File> {
        for above in path.ancestors().skip(1).take_while(|above| above.starts_with(directory)) {
            directories.insert(above.to_path_buf());
        }
        files.create_directory(path.parent().unwrap_or(directory))?;
        files.create_new(path)
    };
    while let Some((item, length)) = reader.next()? {
        if last >= Some(item) {
            return Err(unsuitable("its files are out of order"));
        }
        last = Some(item);
        let path = directory.join(item.name());
        let file = make(&path)?;
        reader.copy(length, &mut |bytes| files.write(&file, bytes, &path))?;
        files.sync_all(&file, &path)?;
    }
    let lock = directory.join("lock");
    files.sync_all(&make(&lock)?, &lock)?;
    // An empty ledger has none.
    let segments = directory.join("segments");
    files.create_directory(&segments)?;
    directories.insert(segments);
    directories.iter().rev().try_for_each(|directory| files.sync_directory(directory))?;
    Ok(reader.hasher.finish())
}

/// A directory that is being imported into, and removed unless it appears.
struct Place {
    temporary: PathBuf,
    /// The directories above that were made for it, the innermost first.
    made: Vec<PathBuf>,
}

impl Place {
    fn beside(directory: &Path, files: &Files) -> Result<Self> {
        let Some(name) = directory.file_name() else {
            return Err(exists(directory).with_help("name a place where there is nothing"));
        };
        let parent = directory.parent().filter(|parent| *parent != Path::new(""));
        let parent = parent.unwrap_or(Path::new("."));
        let made = parent.ancestors().take_while(|above| !above.exists());
        let made = made.map(Path::to_path_buf).collect();
        files.create_directory(parent)?;
        let mut place = Self { temporary: PathBuf::new(), made };
        loop {
            let number = TEMPORARY.fetch_add(1, Ordering::Relaxed);
            let mut name = name.to_owned();
            name.push(format!(".{}-{number}.import", std::process::id()));
            let temporary = parent.join(name);
            match files.create_new_directory(&temporary) {
                Ok(()) => {
                    place.temporary = temporary;
                    return Ok(place);
                }
                Err(_) if temporary.exists() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the directory its name, durably.
    fn appear(mut self, directory: &Path, files: &Files) -> Result<()> {
        files.rename(&self.temporary, directory)?;
        let parent = self.temporary.parent().unwrap_or(directory).to_path_buf();
        self.temporary = PathBuf::new();
        let made = std::mem::take(&mut self.made);
        files.sync_directory(&parent)?;
        for above in made.iter().filter_map(|made| made.parent()) {
            let above = if above == Path::new("") { Path::new(".") } else { above };
            files.sync_directory(above)?;
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary != Path::new("") {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(&self.temporary);
        }
        for made in &self.made {
            let _ = fs::remove_dir(made);
        }
    }
}

/// Takes the hash of what is written.
#[derive(Default)]
struct Hashing(Hasher);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unsuitable(what: &str) -> Error {
    Error::new(Code::LedgerArchive, format!("the file is not the archive of a ledger: {what}"))
        .with_help("export the ledger again")
}

fn unreadable(error: io::Error) -> Error {
    Error::io("the archive cannot be read", error)
}

fn changed() -> Error {
    Error::new(Code::LedgerTruncated, "the ledger was changed while it was exported")
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Directory, Settings},
        *,
    };
    use crate::ledger::{Draft, Verification};

    #[test]
    fn segments_of_any_size_give_the_same_archive() {
        let place = tempfile::tempdir().unwrap();
        let archive = |segment_bytes: u64| {
            let path = place.path().join(segment_bytes.to_string());
            let settings = Settings { segment_bytes, ..Settings::new() };
            let ledger = Ledger::with_store(Box::new(Directory::create_with(&path, settings)?));
            let body = crate::canonical::join_map(&[])?;
            let draft = || Draft {
                at: Some("2026-11-22T10:00:00Z".parse().unwrap()),
                kind: "note".to_owned(),
                body: body.clone(),
                attachments: Vec::new(),
            };
            ledger.append_all(0, (0..30).map(|_| draft()).collect())?;
            let mut archive = Vec::new();
            ledger.export(&mut archive)?;
            let segments = fs::read_dir(path.join("segments")).unwrap().count();
            Ok::<_, Error>((archive, segments))
        };
        let (small, segments) = archive(1000).unwrap();
        assert!(segments > 3);
        assert_eq!(archive(SEGMENT_BYTES).unwrap(), (small.clone(), 1));
        let copy = place.path().join("copy");
        Ledger::import(small.as_slice(), &copy, |ledger| ledger.verify_with(Verification::new()))
            .unwrap();
        assert_eq!(fs::read_dir(copy.join("segments")).unwrap().count(), 1);
    }
}
