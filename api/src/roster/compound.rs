//! The container of an `.xls` workbook (MS-CFB): its streams, by sectors that chain through a table.
//!
//! Read here and not by the workbook reader's own code (calamine 0.38), which follows a chain that bites its own tail
//! until the memory is full. Here a chain has at most as many sectors as the file.

/// What begins every container.
pub const MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
const MINI_SECTOR_BYTES: usize = 64;
/// Streams below this size live in the mini stream.
const MINI_BELOW: u64 = 4_096;
/// Sector numbers from here on are marks.
const MARKS_FROM: u32 = 0xffff_fffa;
const END_OF_CHAIN: u32 = 0xffff_fffe;

/// A little-endian number of two bytes, where the bytes reach so far.
pub fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// A little-endian number of four bytes.
pub fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A little-endian number of eight bytes.
pub fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// A container whose tables are read.
pub struct Container<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini_stream: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: u64,
}

impl<'a> Container<'a> {
    /// Opens a container; `None` where it is damaged.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector_bytes = match two(bytes, 30)? {
            9 => 512,
            12 => 4_096,
            _ => return None,
        };
        let mut it = Self {
            bytes,
            sector_bytes,
            table: Vec::new(),
            mini_table: Vec::new(),
            mini_stream: Vec::new(),
            entries: Vec::new(),
        };
        it.table = it.read_table()?;
        let directory = it.chain(four(bytes, 48)?)?;
        it.entries = directory.chunks_exact(ENTRY_BYTES).filter_map(|raw| entry(raw, sector_bytes)).collect();
        let mini = it.chain_or_nothing(four(bytes, 60)?)?;
        it.mini_table = mini.chunks_exact(4).filter_map(|raw| four(raw, 0)).collect();
        let root = it.entries.first()?.start;
        it.mini_stream = it.chain_or_nothing(root)?;
        Some(it)
    }

    /// Whether there is a stream of this name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// A stream by name; `None` where it is absent or damaged. Never longer than the file.
    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|it| it.name.eq_ignore_ascii_case(name))?;
        let mut content =
            if entry.length < MINI_BELOW { self.mini_chain(entry.start)? } else { self.chain(entry.start)? };
        content.truncate(usize::try_from(entry.length).unwrap_or(usize::MAX));
        Some(content)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector_bytes
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.sector_bytes)?;
        let end = start.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|it| !it.is_empty())
    }

    /// The table of chains: its sectors are listed in the header, and further ones in a chain of lists.
    fn read_table(&self) -> Option<Vec<u32>> {
        let numbers = |raw: &[u8]| raw.chunks_exact(4).filter_map(|it| four(it, 0)).collect::<Vec<_>>();
        let mut list = numbers(self.bytes.get(76..HEADER_BYTES)?);
        let mut next = four(self.bytes, 68)?;
        let mut left = self.sectors();
        while next < MARKS_FROM {
            left = left.checked_sub(1)?;
            let mut further = numbers(self.sector(next)?);
            next = further.pop()?;
            list.extend(further);
        }
        let mut table = Vec::new();
        for number in list.into_iter().filter(|it| *it < MARKS_FROM).take(self.sectors()) {
            table.extend(numbers(self.sector(number)?));
        }
        Some(table)
    }

    fn chain_or_nothing(&self, start: u32) -> Option<Vec<u8>> {
        if start >= MARKS_FROM { Some(Vec::new()) } else { self.chain(start) }
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let (mut number, mut left) = (start, self.sectors().saturating_add(1));
        while number != END_OF_CHAIN {
            left = left.checked_sub(1)?;
            content.extend_from_slice(self.sector(number)?);
            number = *self.table.get(usize::try_from(number).ok()?)?;
        }
        Some(content)
    }

    fn mini_chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let (mut number, mut left) = (start, self.mini_stream.len() / MINI_SECTOR_BYTES + 1);
        while number != END_OF_CHAIN {
            left = left.checked_sub(1)?;
            let from = usize::try_from(number).ok()?.checked_mul(MINI_SECTOR_BYTES)?;
            let to = from.checked_add(MINI_SECTOR_BYTES)?.min(self.mini_stream.len());
            content.extend_from_slice(self.mini_stream.get(from..to)?);
            number = *self.mini_table.get(usize::try_from(number).ok()?)?;
        }
        Some(content)
    }
}

fn entry(raw: &[u8], sector_bytes: usize) -> Option<Entry> {
    let length = usize::from(two(raw, 64)?.min(64).saturating_sub(2));
    let units: Vec<u16> = raw.get(..length)?.chunks_exact(2).filter_map(|it| two(it, 0)).collect();
    let stated = eight(raw, 120)?;
    // The upper half of a length is rubbish in old files.
    let length = if sector_bytes == 512 { stated & 0xffff_ffff } else { stated };
    Some(Entry { name: String::from_utf16_lossy(&units), start: four(raw, 116)?, length })
}
