//! `copydesk rules`: the registry for people who own data: what there is, what a rule does, whether all of it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use copydesk::finding::Kind;
use copydesk::judge::rule::Rule;
use copydesk::judge::{RuleSet, check as registry, coverage as phrases};
use copydesk::{Error, ErrorKind};
use serde_json::{Value, json};

use super::args::read_text;
use super::exit::{Exit, Trouble};
use super::{Outcome, output};

/// Show and check the noise rules
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List all rules
    List {
        /// Files of your own rules
        #[arg(long, value_name = "FILE", value_delimiter = ',')]
        rules: Vec<PathBuf>,
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Explain one rule
    Explain {
        /// Its id, such as account/login-prompt
        #[arg(value_name = "ID")]
        id: String,
        /// Files of your own rules
        #[arg(long, value_name = "FILE", value_delimiter = ',')]
        rules: Vec<PathBuf>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Check the built-in rules, and files of your own beside them
    Check {
        /// Files of your own rules
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print the violations as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Count rules and known phrases by kind and language
    Coverage {
        /// Files of your own rules
        #[arg(long, value_name = "FILE", value_delimiter = ',')]
        rules: Vec<PathBuf>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::List { rules, json } => list(&load(&rules)?, json),
        Command::Explain { id, rules, json } => explain(&load(&rules)?, &id, json),
        Command::Check { files, json } => check(&files, json),
        Command::Coverage { rules, json } => coverage(&load(&rules)?, json),
    }
}

/// The built-in rules and the user's own.
fn load(files: &[PathBuf]) -> Result<RuleSet, Trouble> {
    let mut rules = RuleSet::builtin();
    for path in files {
        rules = rules.extend(&path.display().to_string(), &read_text("could not read rules", path)?)?;
    }
    Ok(rules)
}

fn list(rules: &RuleSet, as_json: bool) -> Outcome {
    if as_json {
        output::print_json(&rules.rules().iter().map(rule_json).collect())?;
        return Ok(Exit::Done);
    }
    let width = rules.rules().iter().map(|rule| rule.id.as_str().len()).max().unwrap_or(0);
    let lines: String = rules.rules().iter().map(|rule| format!("{:width$}  {}\n", rule.id, headline(rule))).collect();
    output::print(&lines)?;
    Ok(Exit::Done)
}

/// Kind, action and guards on one line.
fn headline(rule: &Rule) -> String {
    let raw = &rule.raw;
    let mut parts = vec![raw.kind.to_string(), raw.action.to_string(), raw.tier.to_string(), raw.scope.to_string()];
    if !raw.zone.is_empty() {
        let zones: Vec<String> = raw.zone.iter().map(|zone| format!("{zone:?}").to_lowercase()).collect();
        parts.push(zones.join(", "));
    }
    if !raw.langs.is_empty() {
        parts.push(raw.langs.join(", "));
    }
    if !rule.is_active() {
        parts.push(raw.status.to_string());
    }
    parts.push(format!("since {}", raw.since));
    parts.join(" · ")
}

fn explain(rules: &RuleSet, id: &str, as_json: bool) -> Outcome {
    let Some(rule) = rules.get(id) else {
        let error = Error::new(ErrorKind::Options, format!("no rule is called `{id}`"));
        return Err(error.hint("`copydesk rules list` prints all ids").into());
    };
    if as_json {
        output::print_json(&rule_json(rule))?;
        return Ok(Exit::Done);
    }
    let raw = &rule.raw;
    let mut text = format!("{}  {}\n{}\n", rule.id, headline(rule), raw.why.get_ref());
    for (label, examples) in [("removes", &raw.drops), ("keeps", &raw.keeps)] {
        for example in examples {
            let _ = writeln!(text, "{label:8} {}", example.get_ref().replace('\n', "\n         "));
        }
    }
    for case in &raw.case {
        let _ = writeln!(text, "case     {}", case.note);
        for line in case.dump.get_ref().lines() {
            let _ = writeln!(text, "         {line}");
        }
    }
    for name in &raw.formerly {
        let _ = writeln!(text, "formerly {name}");
    }
    let _ = writeln!(text, "defined  {}:{}", rule.source, rule.line);
    output::print(&text)?;
    Ok(Exit::Done)
}

fn rule_json(rule: &Rule) -> Value {
    let raw = &rule.raw;
    json!({
        "id": rule.id.as_str(),
        "kind": raw.kind,
        "action": raw.action,
        "field": raw.field,
        "tier": raw.tier,
        "status": raw.status,
        "scope": raw.scope,
        "zone": raw.zone,
        "langs": raw.langs,
        "max_words": raw.max_words,
        "near": raw.near,
        "unless": raw.unless,
        "since": raw.since,
        "formerly": raw.formerly,
        "why": raw.why.get_ref(),
        "detector": raw.r#match.detector.as_ref().map(|call| &call.name),
        "drops": raw.drops.iter().map(toml::Spanned::get_ref).collect::<Vec<_>>(),
        "keeps": raw.keeps.iter().map(toml::Spanned::get_ref).collect::<Vec<_>>(),
        "source": rule.source,
        "line": rule.line,
    })
}

/// Checks the built-in rules, and each file of the user's beside them.
fn check(files: &[PathBuf], as_json: bool) -> Outcome {
    let mut violations = Vec::new();
    let mut rules = RuleSet::builtin();
    let mut sound: Vec<PathBuf> = Vec::new();
    for path in files {
        let text = read_text("could not read rules", path)?;
        require_toml(path, &text)?;
        match rules.extend(&path.display().to_string(), &text) {
            Ok(extended) => {
                rules = extended;
                sound.push(path.clone());
            }
            // A rule that does not load is a violation: the file itself could be read. The others are checked on.
            Err(error) => {
                violations.push(Violation {
                    message: match error.hint_text() {
                        Some(hint) => format!("{error} ({hint})"),
                        None => error.to_string(),
                    },
                    rule: None,
                });
                rules = load(&sound)?;
            }
        }
    }
    violations.extend(complaints(&rules));
    let n_rules = rules.rules().len();
    if as_json {
        let listed: Vec<Value> = violations.iter().map(|v| json!({ "rule": v.rule, "message": v.message })).collect();
        output::print_json_line(&json!({ "valid": listed.is_empty(), "rules": n_rules, "violations": listed }))?;
    } else {
        let lines: String = violations.iter().map(|violation| format!("{}\n", violation.message)).collect();
        output::print(&lines)?;
        eprintln!("{n_rules} rules, {} violations", violations.len());
    }
    Ok(if violations.is_empty() { Exit::Done } else { Exit::SomeFailed })
}

/// Something that a rule does not keep to.
struct Violation {
    /// What it is, with file, line and column.
    message: String,
    /// The rule, where it is about one.
    rule: Option<String>,
}

/// What the registry's own check finds.
fn complaints(rules: &RuleSet) -> Vec<Violation> {
    registry::check(rules)
        .iter()
        .map(|complaint| Violation { message: complaint.to_string(), rule: Some(complaint.rule.to_string()) })
        .collect()
}

/// A file that is no TOML at all holds no rules to check.
fn require_toml(path: &Path, text: &str) -> Result<(), Trouble> {
    toml::from_str::<toml::Table>(text).map(|_| ()).map_err(|error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::new(ErrorKind::Rule, "could not read rules")
            .at(path)
            .at_line(before.matches('\n').count() + 1, column)
            .because(error.message().to_owned())
            .into()
    })
}

/// Counts rules by kind and language, and phrases of sites by group and language, with the reasons of those left out.
fn coverage(rules: &RuleSet, as_json: bool) -> Outcome {
    let mut counts: BTreeMap<Kind, BTreeMap<&str, usize>> = BTreeMap::new();
    for rule in rules.rules().iter().filter(|rule| rule.is_active()) {
        let by_lang = counts.entry(rule.raw.kind).or_default();
        *by_lang.entry("rules").or_default() += 1;
        for lang in &rule.raw.langs {
            *by_lang.entry(lang).or_default() += 1;
        }
    }
    let without: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| !counts.contains_key(kind)).collect();
    let phrases = phrases::cover(rules)?;
    if as_json {
        let kinds: Vec<Value> = counts
            .iter()
            .map(|(kind, by_lang)| {
                let langs: BTreeMap<_, _> = by_lang.iter().filter(|(lang, _)| **lang != "rules").collect();
                json!({ "kind": kind, "rules": by_lang["rules"], "langs": langs })
            })
            .collect();
        let listed: Vec<Value> = phrases
            .iter()
            .map(|p| json!({ "group": p.group, "lang": p.lang, "phrase": p.phrase, "covered": p.is_covered, "why": p.why }))
            .collect();
        output::print_json(&json!({ "kinds": kinds, "without_rules": without, "phrases": listed }))?;
        return Ok(Exit::Done);
    }
    let rows = counts.iter().map(|(kind, by_lang)| {
        let cells = by_lang.iter().map(|(lang, count)| (*lang, count.to_string())).collect();
        (kind.as_str(), cells)
    });
    let mut text = matrix("kind", "rules", rows);
    let names: Vec<&str> = without.iter().map(|kind| kind.as_str()).collect();
    let _ = writeln!(text, "\nwithout a rule: {}\n", names.join(", "));
    let mut groups: BTreeMap<&str, BTreeMap<&str, (usize, usize)>> = BTreeMap::new();
    for phrase in &phrases {
        for lang in ["all", &phrase.lang] {
            let (n_covered, n_all) = groups.entry(&phrase.group).or_default().entry(lang).or_default();
            *n_covered += usize::from(phrase.is_covered);
            *n_all += 1;
        }
    }
    let rows = groups.iter().map(|(group, by_lang)| {
        (*group, by_lang.iter().map(|(lang, (n, all))| (*lang, format!("{n}/{all}"))).collect())
    });
    text.push_str(&matrix("phrases taken", "all", rows));
    let left: Vec<_> = phrases.iter().filter(|phrase| !phrase.is_covered).collect();
    let _ = writeln!(text, "\n{} of {} phrases are left out:", left.len(), phrases.len());
    for phrase in left {
        let why = phrase.why.as_deref().unwrap_or("no reason is given");
        let _ = writeln!(text, "{}  {}  {}\n    {why}", phrase.lang, phrase.group, phrase.phrase);
    }
    output::print(&text)?;
    Ok(Exit::Done)
}

/// A table with one row a name and one column a language, the column `first` in front.
fn matrix<'a>(head: &str, first: &str, rows: impl Iterator<Item = (&'a str, BTreeMap<&'a str, String>)>) -> String {
    let rows: Vec<_> = rows.collect();
    let langs: BTreeSet<&str> =
        rows.iter().flat_map(|(_, cells)| cells.keys().copied()).filter(|l| *l != first).collect();
    let width = rows.iter().map(|(name, _)| name.len()).chain([head.len()]).max().unwrap_or(0);
    let cell = rows.iter().flat_map(|(_, cells)| cells.values()).map(String::len).max().unwrap_or(0).max(3);
    let mut text = format!("{head:width$}  {first:>cell$}");
    for lang in &langs {
        let _ = write!(text, " {lang:>cell$}");
    }
    text.push('\n');
    for (name, cells) in &rows {
        let of = |column: &str| cells.get(column).map_or("-", String::as_str);
        let _ = write!(text, "{name:width$}  {:>cell$}", of(first));
        for lang in &langs {
            let _ = write!(text, " {:>cell$}", of(lang));
        }
        text.push('\n');
    }
    text
}
