//! The command line from outside: cases in `tests/cmd`, the console blocks of README.md, pipes and exit codes.
//!
//! `TRYCMD=overwrite cargo test --test main cli` writes the cases anew; the diff is to be read like code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::{command, copy_folder, copydesk, files_under, root, scratch};

/// Runs console blocks in a sandbox that holds the samples and a dump, and takes rewritten cases back.
fn run_cases(name: &str, cases: &[PathBuf], dump: &str) {
    let folder = scratch(name);
    let tests = trycmd::TestCases::new();
    tests.register_bin("copydesk", Path::new(env!("CARGO_BIN_EXE_copydesk")));
    tests.env("NO_COLOR", "1");
    let mut copies = Vec::new();
    for case in cases {
        let copy = folder.join(case.file_name().expect("a case is a file"));
        fs::copy(case, &copy).expect("a case can be copied");
        // A folder of this name is where the case runs; one named `.out` makes it a copy that may be written to.
        copy_folder(&root().join("samples/dumps"), &copy.with_extension("in").join("samples/dumps"));
        fs::write(copy.with_extension("in").join("dump.txt"), dump).expect("a dump can be written");
        fs::create_dir_all(copy.with_extension("out")).expect("a folder can be made");
        tests.case(&copy);
        copies.push((case, copy));
    }
    tests.run();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        for (case, copy) in copies {
            fs::copy(copy, case).expect("a case can be written");
        }
    }
}

#[test]
fn cases_print_what_they_say() {
    let cases: Vec<PathBuf> = files_under(&root().join("tests/cmd"))
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.extension().is_some_and(|e| e == "trycmd"))
        .collect();
    assert!(!cases.is_empty());
    run_cases("cmd", &cases, "A line.\n");
}

#[test]
fn the_readme_tells_the_truth() {
    let readme = root().join("README.md");
    let text = fs::read_to_string(&readme).expect("there is a README");
    // The first block of text is the dump that the console blocks speak of.
    let dump = text.split_once("```text\n").and_then(|(_, rest)| rest.split_once("```")).expect("a dump is shown").0;
    run_cases("readme", &[readme], dump);
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8")
}

#[test]
fn a_closed_pipe_is_success() {
    for args in [&["schema", "article"][..], &["rules", "list", "--json"], &["--help"]] {
        let mut child = command(root()).args(args).stdout(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let status = child.wait().expect("the program ends");
        assert_eq!(status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn only_data_goes_to_standard_output() {
    let folder = scratch("streams");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    let built = copydesk(&folder, &["build", "dumps", "-o", "out"]);
    assert_eq!(stdout(&built), "");
    let said = stderr(&built);
    for word in [" dumps: ", " articles, ", " kept", " dropped", " lifted", " MB/s"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let quiet = copydesk(&folder, &["build", "dumps", "-o", "quiet", "--quiet"]);
    assert_eq!((stdout(&quiet), stderr(&quiet)), (String::new(), String::new()));
}

/// Runs a command on a terminal of its own; none where `script` (of util-linux) is not installed.
#[cfg(target_os = "linux")]
fn on_a_terminal(folder: &Path, line: &str, no_color: Option<&str>) -> Option<(Option<i32>, String)> {
    let mut script = std::process::Command::new("script");
    script.args(["-qec", line, "/dev/null"]).current_dir(folder).stdin(Stdio::null()).env("TERM", "xterm");
    match no_color {
        Some(value) => script.env("NO_COLOR", value),
        None => script.env_remove("NO_COLOR"),
    };
    let output = script.output().ok()?;
    Some((output.status.code(), stdout(&output)))
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_gets_colours_and_a_progress_line_unless_it_wants_none() {
    let folder = scratch("terminal");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    let program = env!("CARGO_BIN_EXE_copydesk");
    let inspect = format!("{program} inspect dumps/en-market-template-header.txt");
    let Some((code, coloured)) = on_a_terminal(&folder, &inspect, None) else { return };
    assert_eq!(code, Some(0), "{coloured}");
    assert!(coloured.contains("\u{1b}[31m"), "{coloured}");
    let (_, plain) = on_a_terminal(&folder, &inspect, Some("1")).expect("it ran before");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let build = format!("{program} build dumps -o out");
    let (code, shown) = on_a_terminal(&folder, &build, None).expect("it ran before");
    assert!(matches!(code, Some(0 | 1)), "{shown}");
    assert!(shown.contains("reading") && shown.contains(" dumps: "), "{shown}");
    for word in [" %, ", " left: ", " rejects, ", " MB/s, ", " MB of memory", "writing the final files"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

#[test]
fn events_are_one_json_object_a_line_and_the_last_one_is_the_sum() {
    let folder = scratch("events");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    let built = copydesk(&folder, &["build", "dumps", "-o", "out", "--json", "--quiet"]);
    let events: Vec<serde_json::Value> =
        stdout(&built).lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(events.first().expect("there are events")["event"], "start");
    let listed = events.iter().find(|event| event["event"] == "listed").expect("the inputs are listed");
    assert!(listed["files"].as_u64() > Some(0) && listed["bytes"].as_u64() > Some(0), "{listed}");
    let parts = events.iter().filter(|event| event["event"] == "part");
    let sum = |name: &str| parts.clone().filter_map(|part| part[name].as_u64()).sum::<u64>();
    assert_eq!(sum("dumps"), sum("articles") + sum("rejected") + sum("failed"));
    assert_eq!(events.iter().filter(|event| event["event"] == "settling").count(), 1);
    let done = events.last().expect("there are events");
    assert_eq!(done["event"], "done");
    assert_eq!(done["exit"], built.status.code().expect("it ended"));
    let total = |name: &str| done["totals"][name].as_u64().expect("a count");
    assert_eq!(total("dumps"), total("articles") + total("rejected") + total("failed"));
    assert!(total("articles") > 0);
}

#[test]
fn a_run_tells_its_steps_to_the_log_that_the_environment_asks_for() {
    let folder = scratch("log");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    let build = |out: &str, level: &str| {
        let mut run = command(&folder);
        run.args(["build", "dumps", "-o", out, "--quiet"]).env("COPYDESK_LOG", level);
        stderr(&run.output().expect("the program starts"))
    };
    assert_eq!(build("quiet", "warn"), "");
    let said = build("told", "debug");
    for step in ["the inputs are listed files=", "a part is finished part=0", "the dataset is whole files=3"] {
        assert!(said.contains(step), "{step}: {said}");
    }
}

#[test]
fn a_run_that_cannot_start_writes_nothing_and_exits_with_2() {
    let folder = scratch("refused");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    fs::create_dir(folder.join("full")).expect("a folder can be made");
    fs::write(folder.join("full/letter.txt"), "mine").expect("a file can be written");
    fs::write(folder.join("typo.toml"), "min_wrods = 3\n").expect("a file can be written");
    fs::write(folder.join("rule.toml"), "[[rule]]\nid = \"x/y\"\n").expect("a file can be written");
    for args in [
        &["build", "dumps"][..],
        &["build", "-o", "out"],
        &["build", "nowhere", "-o", "out"],
        &["build", "dumps", "-o", "full"],
        &["build", "dumps", "-o", "full", "--overwrite"],
        &["build", "dumps", "-o", "out", "--config", "typo.toml"],
        &["build", "dumps", "-o", "out", "--config", "nowhere.toml"],
        &["build", "dumps", "-o", "out", "--rules", "rule.toml"],
        &["build", "dumps", "-o", "out", "--ignore", "no/such-rule"],
        &["build", "dumps", "-o", "out", "--keep", "noise"],
        &["build", "dumps", "-o", "out", "--overwrite", "--resume"],
        &["build", "dumps", "-o", "out", "--jobs", "0"],
        &["build", "dumps", "-o", "out", "--format", "pdf"],
        &["clean", "nowhere.txt"],
        &["clean", "dumps"],
        &["inspect", "nowhere.txt"],
        &["validate", "nowhere"],
        &["rules", "explain", "no/such-rule"],
        &["schema", "poem"],
        &["nonsense"],
        &[],
    ] {
        let output = copydesk(&folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
        assert!(!stderr(&output).is_empty(), "{args:?}");
        assert!(!folder.join("out").exists(), "{args:?}");
    }
    let full: Vec<_> = files_under(&folder.join("full"));
    assert_eq!(full.len(), 1, "a folder that is not ours is left alone");
}

#[test]
fn overwrite_replaces_a_dataset_and_a_second_run_without_it_is_refused() {
    let folder = scratch("overwrite");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    let code = |args: &[&str]| copydesk(&folder, args).status.code();
    let first = code(&["build", "dumps", "-o", "out"]);
    assert!(matches!(first, Some(0 | 1)));
    assert_eq!(code(&["build", "dumps", "-o", "out"]), Some(2));
    assert_eq!(code(&["build", "dumps", "-o", "out", "--overwrite"]), first);
    assert_eq!(code(&["validate", "out"]), Some(0));
}

#[test]
fn a_dry_run_counts_the_same_and_writes_nothing() {
    let folder = scratch("dry-run");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    let totals = |args: &[&str]| {
        let output = copydesk(&folder, args);
        let text = stdout(&output);
        let last: serde_json::Value = serde_json::from_str(text.lines().last().expect("events")).expect("it is JSON");
        last["totals"].clone()
    };
    let dry = totals(&["build", "dumps", "-o", "out", "--json", "--quiet", "--dry-run"]);
    assert!(!folder.join("out").exists());
    assert_eq!(dry, totals(&["build", "dumps", "-o", "out", "--json", "--quiet"]));
}

#[test]
fn a_config_file_says_what_flags_say() {
    let folder = scratch("config");
    copy_folder(&root().join("samples/dumps"), &folder.join("dumps"));
    fs::write(
        folder.join("run.toml"),
        "input = [\"dumps\"]\noutput = \"by-file\"\nmin_words = 200\nkeep = [\"tags\"]\nquiet = true\n",
    )
    .expect("a file can be written");
    let by_file = copydesk(&folder, &["build", "--config", "run.toml"]);
    assert!(matches!(by_file.status.code(), Some(0 | 1)), "{}", stderr(&by_file));
    copydesk(&folder, &["build", "dumps", "-o", "by-flags", "--min-words", "200", "--keep", "tags", "--quiet"]);
    let read = |name: &str| fs::read(folder.join(name).join("manifest.json")).expect("a manifest is written");
    assert_eq!(read("by-file"), read("by-flags"));
}

#[test]
fn clean_and_build_say_the_same() {
    let folder = scratch("same");
    let dump = files_under(&root().join("samples/dumps"))
        .into_iter()
        .find(|(path, _)| path.extension().is_some_and(|e| e == "txt"))
        .expect("there is a text sample")
        .0;
    let path = dump.display().to_string();
    let from_file = copydesk(&folder, &["clean", &path]);
    let piped = command(&folder)
        .args(["clean", "--format", "text"])
        .stdin(fs::File::open(&dump).expect("a sample can be opened"))
        .output()
        .expect("the program starts");
    assert_eq!(from_file.status.code(), Some(0), "{}", stderr(&from_file));
    assert_eq!(stdout(&from_file), stdout(&piped));
    let as_json = copydesk(&folder, &["clean", "--json", &path]);
    let object: serde_json::Value = serde_json::from_str(&stdout(&as_json)).expect("it is JSON");
    assert_eq!(format!("{}\n", object["article"]["text"].as_str().expect("a text")), stdout(&from_file));
    let columns: Vec<&String> = object["article"].as_object().expect("an object").keys().collect();
    let schema = copydesk::dataset::jsonschema::Subject::Article.schema();
    let declared: Vec<&String> = schema["properties"].as_object().expect("an object").keys().collect();
    assert_eq!(columns, declared);
}

#[test]
fn inspect_marks_every_block_and_writes_a_page() {
    let folder = scratch("inspect");
    let (dump, _) = files_under(&root().join("samples/dumps")).into_iter().next().expect("there are samples");
    let path = dump.display().to_string();
    let as_json = copydesk(&folder, &["inspect", "--json", &path]);
    let object: serde_json::Value = serde_json::from_str(&stdout(&as_json)).expect("it is JSON");
    let blocks = object["blocks"].as_array().expect("an array");
    assert!(blocks.iter().all(|b| ["keep", "drop", "lift", "part"].contains(&b["verdict"].as_str().unwrap_or(""))));
    let layout = stdout(&copydesk(&folder, &["inspect", "--layout", &path]));
    for block in blocks {
        let span = |name: &str| usize::try_from(block[name].as_u64().expect("a number")).expect("it is small");
        assert_eq!(block["text"], layout[span("start_byte")..span("end_byte")]);
    }
    let page = copydesk(&folder, &["inspect", "--html", "page.html", &path]);
    assert_eq!((page.status.code(), stdout(&page)), (Some(0), String::new()));
    assert!(fs::read_to_string(folder.join("page.html")).expect("a page is written").starts_with("<!doctype html>"));
}

#[test]
fn rules_check_tells_sound_rules_from_noisy_ones_and_from_no_rules() {
    let folder = scratch("rules");
    let rule = |keeps: &str| {
        format!(
            "[[rule]]\nid = \"x/tickets\"\nkind = \"advert\"\naction = \"drop\"\nlangs = [\"en\"]\nsince = \"0.1.0\"\n\
             why = \"The ticket shop puts this line under each story.\"\nmatch.whole = [\"buy tickets now\"]\n\
             drops = [\"Buy tickets now\", \"BUY TICKETS NOW\"]\nkeeps = [{keeps}]\n"
        )
    };
    let near = "\"He said: buy tickets now.\", \"Buy tickets now or wait until spring, the usher said.\"";
    for (name, text, code) in [
        ("sound.toml", rule(near), 0),
        ("noisy.toml", rule(&format!("{near}, \"Buy tickets now\"")), 1),
        ("unknown-kind.toml", rule(near).replace("advert", "adverb"), 1),
        ("broken.toml", "[[".to_owned(), 2),
    ] {
        fs::write(folder.join(name), text).expect("a file can be written");
        let checked = copydesk(&folder, &["rules", "check", name]);
        assert_eq!(checked.status.code(), Some(code), "{name}: {}{}", stdout(&checked), stderr(&checked));
        assert_eq!(stdout(&checked).contains(name), code == 1, "{name}: {}", stdout(&checked));
    }
    let listed = copydesk(&folder, &["rules", "explain", "x/tickets", "--rules", "sound.toml"]);
    assert!(stdout(&listed).contains("removes  Buy tickets now\n"), "{}", stdout(&listed));
}
