//! Five real dumps with what must become of them. They are other people's articles and stand outside the project;
//! the test runs wherever they are beside it.

use serde_json::Value;

use crate::common::{bare, clean, cleaner, collapsed, root};
use copydesk::finding::{Action, Kind};

/// Kinds that may stand for a part of a piece of another kind: a caption glued to its credit.
fn is_part_of(kind: Kind, wanted: &str) -> bool {
    match wanted {
        "photo_credit" => matches!(kind, Kind::Caption | Kind::ToolButtons),
        "caption" => matches!(kind, Kind::PhotoCredit | Kind::SiteName),
        _ => false,
    }
}

#[test]
fn the_seeds_come_out_as_their_gold_says() {
    let folder = root().join("../shared/seeds");
    let Ok(gold) = std::fs::read_to_string(folder.join("gold.jsonl")) else {
        eprintln!("no seeds beside the project: nothing to compare");
        return;
    };
    let cleaner = cleaner();
    let mut faults = Vec::new();
    for line in gold.lines().filter(|l| !l.trim().is_empty()) {
        let gold: Value = serde_json::from_str(line).expect("gold is JSON");
        let file = gold["file"].as_str().expect("a file name");
        let bytes = std::fs::read(folder.join(file)).expect("the seed is there");
        let cleaned = clean(&cleaner, file, &bytes);
        let article = cleaned.outcome.as_ref().expect("a seed is an article");
        let mut same = |what: &str, got: String, want: String| {
            if got != want {
                faults.push(format!("{file}: {what}\n   got  {got}\n   want {want}"));
            }
        };
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let lifted = &gold["lifted"];
        same("text", collapsed(&article.text), collapsed(&text(&gold["text"])));
        same("title", article.title.clone().unwrap_or_default(), text(&gold["title"]));
        same("language", article.language.clone(), text(&gold["language"]));
        same("translated", article.machine_translated.to_string(), gold["machine_translated"].to_string());
        same("original", article.original_language.clone().unwrap_or_default(), text(&gold["original_language"]));
        same("place", article.dateline_place.clone().unwrap_or_default(), text(&lifted["dateline_place"]));
        same("agency", article.agency.clone().unwrap_or_default(), text(&lifted["agency"]));
        let published = article.published.at.map(|at| at.to_string()).unwrap_or_default();
        same("published", published, text(&lifted["published_at"]));
        let credits: Vec<String> = lifted["credits"].as_array().into_iter().flatten().map(text).collect();
        same("credits", article.credits.join("|"), credits.join("|"));

        // Each piece is covered by rows of its kind or of its parts' kinds, in order; nothing else left the text.
        let rows: Vec<_> = cleaned.findings.iter().filter(|f| f.action.removes()).collect();
        let pieces = gold["removed"].as_array().cloned().unwrap_or_default();
        for piece in &pieces {
            let wanted = text(&piece["kind"]);
            let mut rest = bare(&text(&piece["text"]));
            // The longest rows first: a short one may be part of a longer.
            let mut by_length = rows.clone();
            by_length.sort_by_key(|row| std::cmp::Reverse(row.span.len()));
            for row in &by_length {
                let part = bare(row.span.of(&cleaned.layout.text));
                let fits = row.kind.as_str() == wanted || is_part_of(row.kind, &wanted);
                if fits && rest.contains(&part) {
                    rest = rest.replacen(&part, "", 1);
                }
            }
            same(&format!("{wanted} is not covered"), rest, String::new());
        }
        let dropped: usize = rows
            .iter()
            .filter(|r| r.action == Action::Drop)
            .map(|r| bare(r.span.of(&cleaned.layout.text)).chars().count())
            .sum();
        let allowed: usize = pieces.iter().map(|p| bare(&text(&p["text"])).chars().count()).sum();
        // Brackets and dashes of a dateline may go beside the pieces.
        let marks = rows
            .iter()
            .filter(|r| r.kind == Kind::Dateline && r.action == Action::Drop)
            .map(|r| bare(r.span.of(&cleaned.layout.text)).chars().count())
            .sum::<usize>();
        if dropped > allowed + marks {
            same("characters dropped", dropped.to_string(), format!("at most {}", allowed + marks));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
