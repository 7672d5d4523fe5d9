//! Days and moments as ISO 8601 writes them, for where thousands are written at once.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// Something written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<const N: usize>([u8; N]);

impl<const N: usize> Written<N> {
    /// Its text.
    pub fn text(&self) -> &str {
        // Digits and signs.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A day like `2026-05-13`; none of a year that has not four digits.
pub fn day(date: NaiveDate) -> Option<Written<10>> {
    let [a, b, c, d] = four(date.year())?;
    let ([e, f], [g, h]) = (two(date.month()), two(date.day()));
    Some(Written([a, b, c, d, b'-', e, f, b'-', g, h]))
}

/// A moment like `2026-05-13T09:30:00.000000Z`; none of a year that has not four digits.
#[expect(clippy::disallowed_methods, reason = "the day in UTC, as its end says")]
pub fn moment(at: DateTime<Utc>) -> Option<Written<27>> {
    let Written([y0, y1, y2, y3, _, m0, m1, _, d0, d1]) = day(at.date_naive())?;
    let ([h0, h1], [n0, n1], [s0, s1]) = (two(at.hour()), two(at.minute()), two(at.second()));
    let micros = at.timestamp_subsec_micros();
    let ([f0, f1], [f2, f3], [f4, f5]) = (two(micros / 10_000), two(micros / 100), two(micros));
    Some(Written([
        y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1, b'.', f0, f1, f2, f3, f4,
        f5, b'Z',
    ]))
}

/// The last two digits of a number.
fn two(number: u32) -> [u8; 2] {
    let digit = |it: u32| u8::try_from(it % 10).unwrap_or_default() + b'0';
    [digit(number / 10), digit(number)]
}

fn four(year: i32) -> Option<[u8; 4]> {
    let year = u32::try_from(year).ok().filter(|it| *it < 10_000)?;
    let ([a, b], [c, d]) = (two(year / 100), two(year));
    Some([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_written_as_the_calendar_writes_them() {
        for written in ["0001-01-01", "1999-12-31", "2000-02-29", "2026-05-13", "9999-12-31"] {
            assert_eq!(day(written.parse().unwrap()).as_ref().map(Written::text), Some(written));
        }
        for written in ["1970-01-01T00:00:00.000000Z", "2026-05-13T23:59:58.123456Z", "9999-12-31T09:08:07.000006Z"] {
            assert_eq!(moment(written.parse().unwrap()).as_ref().map(Written::text), Some(written));
        }
        assert_eq!((day(NaiveDate::MAX), day(NaiveDate::MIN), moment(DateTime::<Utc>::MAX_UTC)), (None, None, None));
    }
}
