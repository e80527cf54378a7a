//! What a run survives: kills, interrupts, another run on its folder, a full disk. Each test ends with the bytes of a
//! run that nobody disturbed. They are slow: `make test-slow` runs them, `COPYDESK_KILLS` says how many kills to try.

mod disk;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::determinism::{assert_same, write_dumps};
use crate::{command, copydesk, files_under, scratch};

/// Environment variable that says how many kills are tried.
const KILLS: &str = "COPYDESK_KILLS";

/// Dumps of the corpus: enough for four parts.
const DUMPS: usize = 3_500;

/// Parts that these dumps make.
const PARTS: usize = 4;

/// Time between two looks at the folder of a run that is to be killed at a certain moment.
const LOOK: Duration = Duration::from_micros(100);

/// Kills that are tried where nothing else is said.
const FEW_KILLS: usize = 5;

/// How many kills are wanted.
fn kills() -> usize {
    std::env::var(KILLS).map_or(FEW_KILLS, |n| n.parse().expect("a number of kills"))
}

/// Numbers without any order, always the same.
struct Dice(u64);

impl Dice {
    /// A number from nought to one.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
}

fn start(folder: &Path, out: &str, more: &[&str]) -> Child {
    command(folder)
        .args(["build", "dumps", "-o", out, "--quiet", "--jobs", "2"])
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// When a run is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// After that share of the time that a whole run takes.
    Share(f64),
    /// As soon as the staging folder stands there.
    Folder,
    /// As soon as that many parts are finished, or a little later: that share of the time of a part.
    Parts(usize, f64),
    /// As soon as final files are written, or a little later.
    Settling(f64),
    /// As soon as the journal names the final files.
    Named,
    /// As soon as files stand under their names.
    Renamed,
    /// As soon as the manifest stands there, while the staging folder is taken away.
    Whole,
}

/// The moments to try: half of them spread over the time, half over what a run does.
fn moments(n_kills: usize, dice: &mut Dice) -> Vec<Moment> {
    let mut moment = |n: usize| {
        if n.is_multiple_of(2) {
            return Moment::Share((n as f64 + 2.0 * dice.share()) / n_kills.max(2) as f64);
        }
        match n / 2 % 8 {
            0 => Moment::Parts((n / 16) % PARTS, dice.share()),
            1 => Moment::Settling(dice.share()),
            2 => Moment::Renamed,
            3 => Moment::Folder,
            4 => Moment::Named,
            5 => Moment::Parts((n / 16 + 1) % PARTS, dice.share()),
            6 => Moment::Settling(0.0),
            _ => Moment::Whole,
        }
    };
    (0..n_kills).map(&mut moment).collect()
}

/// Lines of the journal that begin so.
fn journal_lines(out: &Path, begin: &str) -> usize {
    let journal = fs::read_to_string(out.join(".copydesk/journal.jsonl")).unwrap_or_default();
    journal.lines().filter(|line| line.starts_with(begin)).count()
}

/// How far a run came before it was killed.
fn phase(out: &Path) -> &'static str {
    let staging = out.join(".copydesk");
    if out.join("manifest.json").exists() {
        return if staging.exists() { "6 manifest written" } else { "7 done" };
    }
    if journal_lines(out, "{\"outputs\"") > 0 {
        return if out.join("articles").exists() { "5 naming files" } else { "4 about to name files" };
    }
    match () {
        () if staging.join("out").exists() => "3 writing final files",
        () if journal_lines(out, "{\"part\"") > 0 => "2 some parts finished",
        () if staging.join("journal.jsonl").exists() => "1 no part finished",
        () => "0 nothing begun",
    }
}

/// Kills a run at that moment; `false` if it had ended before.
fn kill(mut run: Child, out: &Path, moment: Moment, length: Duration) -> bool {
    let begin = Instant::now();
    let is_time = || match moment {
        Moment::Share(share) => begin.elapsed() >= length.mul_f64(share),
        Moment::Folder => out.join(".copydesk").exists(),
        Moment::Parts(parts, _) => {
            out.join(".copydesk/journal.jsonl").exists() && journal_lines(out, "{\"part\"") >= parts
        }
        Moment::Settling(_) => out.join(".copydesk/out/articles").exists(),
        Moment::Named => journal_lines(out, "{\"outputs\"") > 0,
        Moment::Renamed => out.join("articles").exists(),
        Moment::Whole => out.join("manifest.json").exists(),
    };
    while !is_time() && run.try_wait().expect("a run can be asked").is_none() {
        std::thread::sleep(LOOK);
    }
    match moment {
        Moment::Parts(_, later) => std::thread::sleep(length.mul_f64(later / PARTS as f64)),
        Moment::Settling(later) => std::thread::sleep(length.mul_f64(later / 20.0)),
        _ => {}
    }
    run.kill().expect("a run can be killed");
    run.wait().expect("a run ends").signal() == Some(9)
}

/// A dataset that is whole to look at is whole: its manifest comes last.
fn nothing_half_done(folder: &Path, out: &Path) {
    if !out.join("manifest.json").exists() {
        return;
    }
    for (path, name) in files_under(&folder.join("whole")) {
        let same = fs::read(path).expect("a file can be read") == fs::read(out.join(&name)).unwrap_or_default();
        assert!(same, "{} differs behind a manifest", name.display());
    }
}

fn finish(folder: &Path, out: &str) {
    let output = copydesk(folder, &["build", "dumps", "-o", out, "--quiet", "--resume"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    assert_same(folder, "whole", out);
}

/// A folder with a corpus and the dataset of it, and the time that this took.
fn undisturbed(name: &str) -> (std::path::PathBuf, Duration) {
    let folder = scratch(name);
    write_dumps(&folder.join("dumps"), DUMPS, false);
    let begin = Instant::now();
    let status = start(&folder, "whole", &[]).wait().expect("a run ends");
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    (folder, begin.elapsed())
}

#[test]
#[ignore = "slow: run by `make test-slow`"]
fn a_run_that_is_killed_is_resumed_to_the_same_bytes() {
    let n_kills = kills();
    let (folder, mut length) = undisturbed("survival-kills");
    let out = folder.join("killed");
    let mut dice = Dice(0x00C0_FFEE);
    let mut phases = std::collections::BTreeMap::<&str, usize>::new();
    let (mut n_done, mut n_again, mut n_late) = (0, 0, 0);
    for moment in moments(n_kills, &mut dice) {
        loop {
            let begin = Instant::now();
            if kill(start(&folder, "killed", &[]), &out, moment, length) {
                break;
            }
            // It was faster than before: the length is taken anew, and it is not counted.
            n_late += 1;
            if matches!(moment, Moment::Share(_)) {
                length = length.mul_f64(0.95).min(begin.elapsed());
            }
            fs::remove_dir_all(&out).expect("a folder can be removed");
        }
        *phases.entry(phase(&out)).or_default() += 1;
        nothing_half_done(&folder, &out);
        // Now and then the run that takes it up is killed too.
        if dice.share() < 0.3 {
            let again = Moment::Share(dice.share());
            n_again += usize::from(kill(start(&folder, "killed", &["--resume"]), &out, again, length));
            nothing_half_done(&folder, &out);
        }
        finish(&folder, "killed");
        fs::remove_dir_all(&out).expect("a folder can be removed");
        n_done += 1;
    }
    eprintln!("{n_done} kills of {n_kills} resumed to the same bytes; {n_again} killed twice, {n_late} came too late");
    eprintln!("a whole run took {length:.1?}; killed at: {phases:?}");
    assert_eq!(n_done, n_kills);
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[ignore = "slow: run by `make test-slow`"]
fn an_interrupt_ends_a_run_after_the_parts_in_hand_with_130() {
    let (folder, _) = undisturbed("survival-interrupt");
    for signal in ["-INT", "-TERM"] {
        let mut run = command(&folder)
            .args(["build", "dumps", "-o", "out", "--json", "--jobs", "1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let events = BufReader::new(run.stdout.take().expect("it is piped"));
        let mut told = Vec::new();
        for event in events.lines().map(|line| line.expect("events are text")) {
            if event.contains(r#""event":"part""#) && told.is_empty() {
                let id = run.id().to_string();
                assert!(Command::new("kill").args([signal, &id]).status().expect("kill starts").success());
            }
            if event.contains(r#""event":"part""#) || !told.is_empty() {
                told.push(event);
            }
        }
        let output = run.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(130), "{}", said(&output));
        let finished = told.iter().filter(|event| event.contains(r#""event":"part""#)).count();
        assert!((1..PARTS).contains(&finished), "{told:?}");
        assert!(said(&output).contains(&format!("interrupted; finished parts: {finished}\n")), "{}", said(&output));
        assert!(said(&output).contains("hint: --resume goes on from here"), "{}", said(&output));
        assert!(!folder.join("out/manifest.json").exists());
        let resumed = copydesk(&folder, &["build", "dumps", "-o", "out", "--resume"]);
        assert!(said(&resumed).contains("had been cleaned before"), "{}", said(&resumed));
        assert_same(&folder, "whole", "out");
        fs::remove_dir_all(folder.join("out")).expect("a folder can be removed");
    }
}

#[test]
#[ignore = "slow: run by `make test-slow`"]
fn a_second_run_on_a_folder_is_refused_until_the_first_one_ends_however_it_ends() {
    let (folder, _) = undisturbed("survival-lock");
    let mut first = start(&folder, "out", &[]);
    while !folder.join("out/.copydesk/journal.jsonl").exists() {
        assert!(first.try_wait().expect("a run can be asked").is_none(), "it ended early");
        std::thread::sleep(LOOK);
    }
    for how in [&["--resume"][..], &["--overwrite"], &[]] {
        let second = copydesk(&folder, &[&["build", "dumps", "-o", "out"], how].concat());
        assert_eq!(second.status.code(), Some(2), "{how:?}: {}", said(&second));
        if !how.is_empty() {
            assert!(said(&second).starts_with("error: another run is writing into this folder: "), "{}", said(&second));
        }
    }
    first.kill().expect("a run can be killed");
    first.wait().expect("a run ends");
    finish(&folder, "out");
}
