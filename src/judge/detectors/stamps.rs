//! Lines that are nothing but a time of publication or change.

use super::{Context, Found};
use crate::dates::{self, Role};
use crate::finding::{Action, Field, Kind, Span};
use crate::judge::document::Zone;

/// Longest line that is read as a time stamp, in bytes.
const MAX_BYTES: usize = 240;

/// A stand-alone time stamp in front of the body or after it, with or without a lead word (`Published:`). Lines in the
/// middle stay: they are a live blog's or a chronology's. A stamp without a year goes only with a lead word.
pub(super) fn time_stamps(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    for idx in 0..document.len() {
        let text = document.text(idx);
        let at_edge = document.is_in(idx, Zone::Head) || document.is_in(idx, Zone::Tail);
        if context.claimed[idx].is_some() || !at_edge || text.len() > MAX_BYTES || document.layout.blocks[idx].hidden {
            continue;
        }
        let Some(line) = dates::stamp_line(text) else { continue };
        let has_lead = !line.leads.is_empty();
        let is_complete = line.stamps.iter().any(|(_, hit)| hit.stamp.to_moment().date.is_some());
        let has_time = line.stamps.iter().any(|(_, hit)| hit.stamp.time.is_some());
        // A bare day may be a heading of a chronology, unless it stands in front of everything.
        if !is_complete && !has_lead
            || (!has_lead && !has_time && document.is_in(idx, Zone::Tail) && !document.is_in(idx, Zone::Head))
        {
            continue;
        }
        let block = document.layout.blocks[idx].span;
        let start = block.start as usize;
        let mut end_of_last = start;
        for (role, hit) in &line.stamps {
            let span = Span::new(start + hit.range.start, start + hit.range.end);
            if hit.stamp.to_moment().date.is_none() || (span.start as usize) < end_of_last {
                continue;
            }
            found.add(idx, Span::new(end_of_last, span.start as usize), Kind::PublishedTime, Action::Drop, None);
            let field = if *role == Role::Modified { Field::Modified } else { Field::Published };
            found.add(idx, span, Kind::PublishedTime, Action::Lift(Some(field)), None);
            end_of_last = span.end as usize;
        }
        found.add(idx, Span::new(end_of_last, block.end as usize), Kind::PublishedTime, Action::Drop, None);
    }
}
