//! Which sheet of a workbook holds the roster: the first visible one with a header.

use std::ops::ControlFlow;

use super::{
    finding::{Finding, FindingCode, Remark},
    header::{self, HEAD_LINES},
    sheet::{Line, LineSink},
    text::quote,
};

/// So many sheets are looked into.
const SHEETS: usize = 20;

/// Takes the lines at the top of a sheet, and nothing more.
#[derive(Default)]
struct Top {
    lines: Vec<Line>,
}

impl LineSink for Top {
    fn take(&mut self, line: Line) -> ControlFlow<()> {
        self.lines.push(line);
        if self.lines.len() < HEAD_LINES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn note(&mut self, _: Finding) {}
}

/// The place of the sheet to read among these names. `look` pushes the lines of one.
///
/// # Errors
/// There is no visible sheet.
pub fn choose(
    names: &[String],
    mut look: impl FnMut(usize, &mut dyn LineSink),
    sink: &mut dyn LineSink,
) -> Result<usize, Remark> {
    match names {
        [] => {
            return Err(Remark::error(
                FindingCode::FileEmpty,
                "The workbook has no visible sheet.",
                "Show the sheet that holds the roster, and save.",
            ));
        }
        [_] => return Ok(0),
        _ => {}
    }
    let mut holds = |index: usize| {
        let mut top = Top::default();
        look(index, &mut top);
        top.lines.iter().any(header::is_header)
    };
    let rosters: Vec<usize> = (0..names.len().min(SHEETS)).filter(|index| holds(*index)).collect();
    let chosen = rosters.first().copied().unwrap_or(0);
    let quoted = |wanted: &dyn Fn(usize) -> bool| -> String {
        let named = names.iter().enumerate().filter(|(index, _)| wanted(*index)).take(5);
        named.map(|(_, name)| quote(name)).collect::<Vec<_>>().join(", ")
    };
    let read = quoted(&|index| index == chosen);
    let others = quoted(&|index| index != chosen);
    let message = format!("Only the sheet {read} is read, not {others}.");
    let further = quoted(&|index| index != chosen && rosters.contains(&index));
    sink.note(
        if further.is_empty() {
            Remark::hint(
                FindingCode::SheetNotRead,
                message,
                "If another sheet holds the roster, give it a header row with 姓名.",
            )
        } else {
            let remedy = format!("A roster stands also in {further}: save each in a file of its own and import that.");
            Remark::warning(FindingCode::SheetNotRead, message, remedy)
        }
        .in_file(),
    );
    Ok(chosen)
}
