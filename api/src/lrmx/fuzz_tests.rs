//! Both readers under files that nobody meant: the messy ones with bytes and cells turned, cut, doubled and swapped.
//!
//! The short run is a test as any other. The long one: `FUZZ_MINUTES=10 cargo test --lib -- --ignored fuzz`. An input
//! that fails is left in the folder for temporary files; put it under `tests/files/corpus`, where the test below finds it.

use std::{
    fs,
    io::{Cursor, Read as _, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::roster::{limits::Limits as RosterLimits, read::messy_tests, read::read as read_roster};

/// No reading of these small files may take so long, unoptimised and on a busy machine.
const SLOW: Duration = Duration::from_secs(20);
/// Nor may the whole run take so much memory.
const MEMORY_KIB: u64 = 1 << 20;
/// Texts that break readers.
const TOKENS: &[&str] = &[
    "姓名",
    "\u{0}",
    "\u{feff}",
    "𠮷",
    ",",
    "\"",
    "\n",
    "\r",
    "\t",
    "=1+1",
    "2001.02.29",
    "99999999999999999999",
    "1e308",
    "-",
    "&amp;",
    "&",
    "<",
    ">",
    "</Person>",
    "<![CDATA[",
    "<!--",
    "]]>",
    "&#0;",
    "（其间：",
    "2023",
    "优秀",
    "合计",
    "至",
    "--",
];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn seeds() -> Vec<Vec<u8>> {
    let forms = file_tests::files().into_iter().map(|(_, bytes)| bytes);
    messy_tests::files().into_iter().map(|(_, bytes)| bytes).chain(forms).collect()
}

/// Reads the bytes as both kinds of file; says what was broken.
fn holds(bytes: &[u8]) -> Result<(), String> {
    let started = Instant::now();
    let limits = RosterLimits {
        rows: 200,
        columns: 40,
        kept_bytes: 1 << 20,
        inflated_bytes: 8 << 20,
        ..RosterLimits::default()
    };
    let read = catch_unwind(AssertUnwindSafe(|| {
        let found = read_roster(bytes, &limits, today());
        assert!(found.rows.len() <= 200 && found.report.rows <= 200, "more rows than the limit");
        assert!(!found.broken || found.rows.is_empty(), "rows of a broken file");
        assert!(found.report.findings.len() <= 50 * 120, "more findings than are kept");
        for reading in read(bytes, &Limits::default(), today()).unwrap_or_default() {
            let Some(tree) = reading.tree else { continue };
            let written = crate::lrmx::save::save(&tree);
            let again = read(&written, &Limits::default(), today()).unwrap_or_default();
            let again = again.into_iter().next().and_then(|it| it.tree).expect("a saved form is a form");
            assert_eq!(crate::lrmx::save::save(&again), written, "what is saved is read again");
        }
    }));
    match read {
        Ok(()) if started.elapsed() < SLOW => Ok(()),
        Ok(()) => Err(format!("took {:?}", started.elapsed())),
        Err(cause) => Err(cause.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned())),
    }
}

/// One file turned a little. A zip is turned inside as well, where its checksums would hide all but the damage.
fn turned(seed: &[u8], others: &[Vec<u8>], dice: &mut ChaCha8Rng) -> Vec<u8> {
    if seed.starts_with(b"PK") && dice.random_ratio(4, 5) {
        return repacked(seed, others, dice).unwrap_or_default();
    }
    let mut bytes = seed.to_vec();
    for _ in 0..dice.random_range(1..6) {
        turn(&mut bytes, others, dice);
    }
    bytes
}

fn turn(bytes: &mut Vec<u8>, others: &[Vec<u8>], dice: &mut ChaCha8Rng) {
    if bytes.is_empty() {
        return;
    }
    let at = dice.random_range(0..bytes.len());
    let end = (at + dice.random_range(1..64)).min(bytes.len());
    match dice.random_range(0..8) {
        0 => bytes[at] ^= 1 << dice.random_range(0..8),
        1 => bytes[at] = *[0x00, 0xff, 0x80, b'<', b'9'].get(dice.random_range(0..5)).unwrap(),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let part = bytes[at..end].to_vec();
            let count = dice.random_range(1..20);
            bytes.splice(at..at, part.repeat(count));
        }
        5 => {
            let token = TOKENS[dice.random_range(0..TOKENS.len())];
            bytes.splice(at..at, token.bytes());
        }
        6 => {
            let number: u32 = [0, 1, 0xffff, 0xffff_ffff, 0xffff_fffe, 0x7fff_ffff][dice.random_range(0..6)];
            let bytes_there = (bytes.len() - at).min(4);
            bytes[at..at + bytes_there].copy_from_slice(&number.to_le_bytes()[..bytes_there]);
        }
        _ => {
            let other = &others[dice.random_range(0..others.len())];
            let from = dice.random_range(0..other.len());
            let to = (from + 200).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
    }
}

fn repacked(seed: &[u8], others: &[Vec<u8>], dice: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(seed)).ok()?;
    let chosen = dice.random_range(0..archive.len());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).ok()?;
        let name = part.name().ok()?.into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).ok()?;
        if index == chosen || name.contains("sheet1") {
            turn(&mut content, others, dice);
        }
        writer.start_file(name, SimpleFileOptions::default()).ok()?;
        writer.write_all(&content).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// Turns files until the time is over; the number of files, or the one that fails.
fn run(time: Duration, first_seed: u64) -> u64 {
    let seeds = seeds();
    let started = Instant::now();
    let mut number = first_seed;
    while started.elapsed() < time {
        let mut dice = ChaCha8Rng::seed_from_u64(number);
        let bytes = turned(&seeds[dice.random_range(0..seeds.len())], &seeds, &mut dice);
        if let Err(why) = holds(&bytes) {
            let kept = std::env::temp_dir().join(format!("fuzz-{number}.bin"));
            fs::write(&kept, &bytes).unwrap();
            panic!("input {number} broke a reader ({why}); it is kept in {}", kept.display());
        }
        number += 1;
    }
    assert!(peak_kib() < MEMORY_KIB, "{} KiB at the peak", peak_kib());
    number - first_seed
}

/// The most memory that this process has had, where the system tells.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

#[test]
fn fuzz_briefly() {
    assert!(run(Duration::from_secs(3), 1) > 10);
}

#[test]
#[ignore = "runs for FUZZ_MINUTES, ten unless told"]
fn fuzz_long() {
    let minutes = std::env::var("FUZZ_MINUTES").ok().and_then(|it| it.parse().ok()).unwrap_or(10);
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() << 20;
    let files = run(Duration::from_secs(60 * minutes), seed);
    println!("{files} files from seed {seed}, {} KiB at the peak", peak_kib());
}

#[test]
fn what_once_broke_a_reader_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/files/corpus");
    for entry in fs::read_dir(folder).into_iter().flatten().map(|it| it.unwrap().path()) {
        assert_eq!(holds(&fs::read(&entry).unwrap()), Ok(()), "{}", entry.display());
    }
}
