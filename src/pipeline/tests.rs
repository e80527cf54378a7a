//! Whole runs over a toy cleaner.

use std::path::PathBuf;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::article::RejectCode;
use crate::dataset::parts::PART_DUMPS;
use crate::dataset::schema::Table;
use crate::dataset::testing::{dump, end_of, toy_clean};
use crate::dataset::validate::validate_dataset;
use crate::input::Failure;
use crate::options::Options;

/// Enough dumps for three parts, some of them odd.
fn items() -> Vec<Item> {
    let mut items = Vec::new();
    for i in 0..2 * PART_DUMPS + 10 {
        let text = match i % 7 {
            0 => String::new(),
            1 => format!("Só {i} – one &amp; two.\n- Buy {i} things\n> Picture {i}\nThe end."),
            _ => format!("The bridge number {i} was opened.\nNobody came."),
        };
        let text = if i == 20 { "panic" } else { &text };
        let dump = dump(&format!("news/{i:06}.txt"), text);
        let end = end_of(&dump);
        items.extend([Item::Dump(dump), end]);
    }
    items.push(Item::Failed(Failure {
        path: "news/x.txt".to_owned(),
        key: None,
        code: RejectCode::Unreadable,
        message: "permission denied".to_owned(),
        byte_offset: Some(7),
        bytes: None,
        sha256: None,
        url: None,
    }));
    items
}

fn check(setting: &Setting) {
    let found = validate_dataset(&setting.dir).unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

/// Stops the run after so many parts.
struct StopAfter<'a>(AtomicU64, &'a AtomicBool);

impl Progress for StopAfter<'_> {
    fn report(&self, event: &Event) {
        if matches!(event, Event::Part { .. }) && self.0.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.1.store(true, Ordering::SeqCst);
        }
    }
}

struct Setting {
    dir: PathBuf,
    options: BuildOptions,
    min_words: u32,
    limits: Limits,
    stop_after: Option<u64>,
    stop: bool,
    _root: tempfile::TempDir,
}

fn setting() -> Setting {
    let root = tempfile::tempdir().unwrap();
    Setting {
        dir: root.path().join("out"),
        options: BuildOptions { jobs: 1, ..BuildOptions::default() },
        min_words: 0,
        limits: Limits::DEFAULT,
        stop_after: None,
        stop: false,
        _root: root,
    }
}

impl Setting {
    fn run(&self, items: Vec<Item>) -> Result<Report> {
        let stop = AtomicBool::new(self.stop);
        let progress = StopAfter(AtomicU64::new(self.stop_after.unwrap_or(u64::MAX)), &stop);
        let options = Options { min_words: self.min_words, ..Options::default() };
        let run = Run {
            clean: &toy_clean,
            identity: Identity::new("e".repeat(64), options_record(&options, None, self.options.limit)),
            dir: &self.dir,
            options: &self.options,
            limits: self.limits,
            progress: &progress,
            position: Arc::default(),
            stop: &stop,
        };
        run.run(items.into_iter())
    }

    fn interrupted(&mut self, items: Vec<Item>) {
        self.stop_after = Some(1);
        assert_eq!(self.run(items).unwrap_err().kind(), ErrorKind::Interrupted);
        self.stop_after = None;
        self.options.resume = true;
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        walkdir::WalkDir::new(&self.dir)
            .into_iter()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let name = entry.path().strip_prefix(&self.dir).unwrap().to_str().unwrap().to_owned();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    fn rows(&self, report: &Report, table: Table) -> RecordBatch {
        let mut batches = Vec::new();
        for output in report.outputs.iter().filter(|output| output.table == table.as_str()) {
            let file = fs::File::open(self.dir.join(&output.path)).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            assert_eq!(reader.schema().fields(), table.schema().fields());
            let read: Vec<RecordBatch> = reader.build().unwrap().map(|batch| batch.unwrap()).collect();
            assert_eq!(read.iter().map(|batch| batch.num_rows() as u64).sum::<u64>(), output.rows);
            batches.extend(read.iter().map(|b| RecordBatch::try_new(table.schema(), b.columns().to_vec()).unwrap()));
        }
        concat_batches(&table.schema(), &batches).unwrap()
    }
}

fn names(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

const ALL_FILES: [&str; 5] =
    ["articles/train-00000.parquet", "manifest.json", "rejects.parquet", "removals/00000.parquet", "sources.index"];

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let mut setting = setting();
    let report = setting.run(items()).unwrap();
    assert!(report.is_balanced());
    assert_eq!(report.totals.dumps, 2 * PART_DUMPS as u64 + 11);
    assert_eq!(report.totals.failed, 2);
    let files = setting.files();
    assert_eq!(names(&files), ALL_FILES);
    setting.options.overwrite = true;
    for jobs in [2, 5, 0] {
        setting.options.jobs = jobs;
        assert_eq!(setting.run(items()).unwrap(), report);
        assert!(setting.files() == files, "{jobs} jobs");
    }
}

#[test]
fn rows_come_in_the_order_of_the_input_and_agree_with_the_totals() {
    let setting = setting();
    let report = setting.run(items()).unwrap();
    let articles = setting.rows(&report, Table::Articles);
    let paths: Vec<_> = articles["source_path"].as_string::<i32>().iter().flatten().collect();
    assert!(paths.is_sorted());
    check(&setting);
    for &table in Table::ALL {
        assert_eq!(setting.rows(&report, table).num_rows() as u64, report.totals.rows(table));
    }
    let rejects = setting.rows(&report, Table::Rejects);
    let codes: Vec<_> = rejects["code"].as_string::<i32>().iter().flatten().collect();
    assert_eq!(codes.last(), Some(&"unreadable"));
    assert_eq!(codes.iter().filter(|code| **code == "bug").count(), 1);
}

#[test]
fn a_whole_run_passes_validation_whatever_the_size_of_its_shards() {
    let mut setting = setting();
    setting.run(items()).unwrap();
    assert_eq!(validate_dataset(&setting.dir).unwrap(), []);
    setting.options.overwrite = true;
    setting.limits = Limits { shard_bytes: 50_000, ..Limits::DEFAULT };
    setting.run(items()).unwrap();
    assert!(setting.files().contains_key("articles/train-00001.parquet"));
    assert_eq!(validate_dataset(&setting.dir).unwrap(), []);
    setting.run(Vec::new()).unwrap();
    assert_eq!(validate_dataset(&setting.dir).unwrap(), []);
}

#[test]
fn no_dump_gives_valid_files_without_rows() {
    let setting = setting();
    let report = setting.run(Vec::new()).unwrap();
    assert_eq!(names(&setting.files()), ALL_FILES);
    for &table in Table::ALL {
        assert_eq!(setting.rows(&report, table).num_rows(), 0);
    }
    let json = fs::read(setting.dir.join("manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_slice(&json).unwrap();
    assert_eq!(manifest.outputs, report.outputs);
    assert!(manifest.outputs.iter().all(|output| folder::is_intact(&setting.dir, output)));
    check(&setting);
}

#[test]
fn a_folder_that_is_not_empty_is_refused_and_left_alone() {
    let setting = setting();
    fs::create_dir(&setting.dir).unwrap();
    fs::write(setting.dir.join("notes.txt"), "mine").unwrap();
    let error = setting.run(items()).unwrap_err();
    assert_eq!((error.kind(), names(&setting.files())), (ErrorKind::Options, vec!["notes.txt"]));
}

#[test]
fn overwriting_deletes_only_what_the_manifest_names() {
    let mut setting = setting();
    setting.limits.shard_bytes = 1 << 19;
    setting.run(items()).unwrap();
    assert!(setting.dir.join("articles/train-00001.parquet").exists());
    setting.options.overwrite = true;
    let before = setting.files();
    fs::write(setting.dir.join("articles/notes.txt"), "mine").unwrap();
    let error = setting.run(Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Options);
    assert_eq!(error.path(), Some(setting.dir.join("articles/notes.txt").as_path()));
    fs::remove_file(setting.dir.join("articles/notes.txt")).unwrap();
    assert!(setting.files() == before, "nothing was touched");
    setting.run(Vec::new()).unwrap();
    assert_eq!(names(&setting.files()), ALL_FILES);
}

#[test]
fn overwriting_keeps_the_old_dataset_until_the_new_one_is_whole() {
    let mut setting = setting();
    setting.run(Vec::new()).unwrap();
    let before = setting.files();
    setting.options.overwrite = true;
    setting.stop = true;
    assert_eq!(setting.run(items()).unwrap_err().kind(), ErrorKind::Interrupted);
    assert!(setting.files() == before);
    setting.stop = false;
    setting.interrupted(items());
    assert!(before.iter().all(|(name, bytes)| fs::read(setting.dir.join(name)).unwrap() == *bytes));
    setting.options.overwrite = false;
    let report = setting.run(items()).unwrap();
    assert!(report.taken_over > 0);
    assert_eq!(names(&setting.files()), ALL_FILES);
}

#[test]
fn a_run_that_is_taken_up_ends_with_the_same_bytes() {
    let whole = setting();
    let report = whole.run(items()).unwrap();
    let mut cut = setting();
    cut.interrupted(items());
    let resumed = cut.run(items()).unwrap();
    assert!(resumed.taken_over >= PART_DUMPS as u64);
    assert_eq!((resumed.totals, resumed.inputs, resumed.outputs), (report.totals, report.inputs, report.outputs));
    assert!(cut.files() == whole.files());
}

#[test]
fn a_part_that_was_torn_or_whose_inputs_changed_is_done_again() {
    let mut changed = items();
    if let Item::Dump(dump) = &mut changed[2] {
        dump.bytes = b"Another text.".to_vec();
    }
    let whole = setting();
    whole.run(changed.clone()).unwrap();
    for tear in [false, true] {
        let mut cut = setting();
        cut.interrupted(if tear { changed.clone() } else { items() });
        if tear {
            let part = cut.dir.join(".copydesk/parts/000000.articles");
            let bytes = fs::read(&part).unwrap();
            fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
            let journal = cut.dir.join(".copydesk/journal.jsonl");
            let mut lines = fs::read(&journal).unwrap();
            lines.extend(b"{\"part\":{\"part\":1,");
            fs::write(&journal, lines).unwrap();
        }
        cut.run(changed.clone()).unwrap();
        assert!(cut.files() == whole.files());
    }
}

#[test]
fn parts_made_with_other_options_are_not_taken_over() {
    let mut cut = setting();
    cut.interrupted(items());
    cut.min_words = 5;
    assert_eq!(cut.run(items()).unwrap().taken_over, 0);
}

#[test]
fn a_run_that_was_cut_off_while_files_got_their_names_is_taken_up() {
    let whole = setting();
    whole.run(items()).unwrap();
    let mut cut = setting();
    cut.interrupted(items());
    let journal = cut.dir.join(".copydesk/journal.jsonl");
    let mut lines = fs::read(&journal).unwrap();
    lines.extend(b"{\"outputs\":[\"articles/train-00000.parquet\",\"articles/train-00001.parquet\"]}\n");
    fs::write(&journal, lines).unwrap();
    fs::create_dir(cut.dir.join("articles")).unwrap();
    fs::write(cut.dir.join("articles/train-00000.parquet"), "old").unwrap();
    fs::write(cut.dir.join("articles/train-00001.parquet"), "old").unwrap();
    cut.run(items()).unwrap();
    assert!(cut.files() == whole.files());
}

#[test]
fn a_finished_dataset_is_taken_up_only_if_nothing_changed() {
    let mut setting = setting();
    let report = setting.run(items()).unwrap();
    let files = setting.files();
    setting.options.resume = true;
    let again = setting.run(items()).unwrap();
    assert_eq!(again.taken_over, report.totals.dumps);
    assert_eq!(again.outputs, report.outputs);
    assert_eq!(setting.run(items()[2..].to_vec()).unwrap_err().kind(), ErrorKind::Options);
    setting.min_words = 5;
    assert_eq!(setting.run(items()).unwrap_err().kind(), ErrorKind::Options);
    assert!(setting.files() == files);
}

#[test]
fn a_run_that_fails_before_its_first_part_leaves_no_trace() {
    let mut setting = setting();
    setting.stop = true;
    assert_eq!(setting.run(items()).unwrap_err().kind(), ErrorKind::Interrupted);
    assert!(!setting.dir.exists());
}

#[test]
fn a_dry_run_counts_the_same_and_writes_nothing() {
    let mut setting = setting();
    setting.options.dry_run = true;
    let dry = setting.run(items()).unwrap();
    assert!(!setting.dir.exists());
    setting.options.dry_run = false;
    let wet = setting.run(items()).unwrap();
    assert_eq!((dry.totals, dry.inputs), (wet.totals, wet.inputs));
}

#[test]
fn a_limit_counts_dumps_and_reads_no_further() {
    let mut setting = setting();
    setting.options.limit = Some(3);
    let report = setting.run(items()).unwrap();
    assert_eq!((report.totals.dumps, report.inputs.count, report.inputs.files), (3, 3, 3));
}

#[test]
fn two_runs_at_once_are_refused() {
    let setting = setting();
    let identity = Identity::new(String::new(), options_record(&Options::default(), None, None));
    let held = folder::open(&setting.dir, &identity, Reuse::No).unwrap();
    for reuse in [Reuse::Resume, Reuse::Overwrite] {
        let error = folder::open(&setting.dir, &identity, reuse).unwrap_err();
        assert!(error.to_string().starts_with("another run is writing"), "{error}");
    }
    drop(held);
    assert!(folder::open(&setting.dir, &identity, Reuse::Resume).is_ok());
}

/// The first dataset of a test, and a second one that takes over from it.
fn reused(old: Vec<Item>, new: Vec<Item>) -> (Setting, Report) {
    let earlier = setting();
    earlier.run(old).unwrap();
    let whole = setting();
    let expected = whole.run(new.clone()).unwrap();
    let mut again = setting();
    again.options.reuse = Some(earlier.dir.clone());
    let report = again.run(new).unwrap();
    assert!(again.files() == whole.files());
    assert_eq!((&report.totals, &report.inputs), (&expected.totals, &expected.inputs));
    (again, report)
}

/// Dumps that can be reused among those of [`items`]: all but a failure and a bug.
const REUSABLE: u64 = 2 * PART_DUMPS as u64 + 9;

#[test]
fn unchanged_dumps_are_taken_over_and_the_bytes_are_those_of_a_full_build() {
    let (again, report) = reused(items(), items());
    assert_eq!((report.reused, report.taken_over), (REUSABLE, 0));
    check(&again);
    // Added in front, in the middle and at the end; one changed, one gone.
    let mut new = items();
    if let Item::Dump(dump) = &mut new[4] {
        dump.bytes = b"Another text.\n- Buy it".to_vec();
    }
    new.drain(100..102);
    for path in ["a.txt", "news/000500b.txt", "z.txt"] {
        let added = dump(path, "Added.\n> Picture");
        let at = new.iter().position(|item| matches!(item, Item::Dump(d) if *d.path > *path)).unwrap_or(new.len());
        new.splice(at..at, [Item::Dump(added.clone()), end_of(&added)]);
    }
    let (again, report) = reused(items(), new);
    assert_eq!(report.reused, REUSABLE - 2);
    check(&again);
}

#[test]
fn dumps_that_changed_places_or_hints_are_cleaned_anew() {
    let mut new = items();
    new.swap(0, 4);
    let (_, report) = reused(items(), new);
    // The third dump stands first now; the two before it come too late.
    assert_eq!(report.reused, REUSABLE - 2);
    let mut new = items();
    if let Item::Dump(dump) = &mut new[4] {
        dump.hints.title = Some("One".to_owned());
    }
    let (_, report) = reused(items(), new);
    assert_eq!(report.reused, REUSABLE - 1);
}

#[test]
fn nothing_is_taken_over_from_a_dataset_that_was_made_in_another_way() {
    let mut earlier = setting();
    earlier.min_words = 5;
    earlier.run(items()).unwrap();
    let mut again = setting();
    again.options.reuse = Some(earlier.dir.clone());
    assert_eq!(again.run(items()).unwrap().reused, 0);
    // What was read does not matter.
    let mut first = setting();
    first.options.limit = Some(7);
    first.run(items()).unwrap();
    again.options.reuse = Some(first.dir.clone());
    again.options.overwrite = true;
    assert_eq!(again.run(items()).unwrap().reused, 7);
}

#[test]
fn a_dataset_that_is_broken_or_missing_is_not_reused() {
    let earlier = setting();
    let mut again = setting();
    again.options.reuse = Some(earlier.dir.clone());
    assert_eq!(again.run(items()).unwrap_err().kind(), ErrorKind::Io);
    earlier.run(items()).unwrap();
    fs::write(earlier.dir.join("rejects.parquet"), "torn").unwrap();
    assert_eq!(again.run(items()).unwrap_err().kind(), ErrorKind::Format);
    assert!(!again.dir.exists());
}

#[test]
fn a_dataset_can_be_replaced_by_one_that_reuses_it_also_after_an_interrupt() {
    let mut setting = setting();
    setting.run(items()).unwrap();
    let files = setting.files();
    setting.options.overwrite = true;
    setting.options.reuse = Some(setting.dir.clone());
    assert_eq!(setting.run(items()).unwrap().reused, REUSABLE);
    assert!(setting.files() == files);
    setting.interrupted(items());
    setting.options.overwrite = false;
    let report = setting.run(items()).unwrap();
    assert!(report.taken_over >= PART_DUMPS as u64 && report.reused > 0, "{report:?}");
    assert!(setting.files() == files);
}

#[test]
fn shards_and_row_groups_roll_by_bytes_and_hold_the_same_rows() {
    let whole = setting();
    let expected = whole.run(items()).unwrap();
    let mut setting = setting();
    setting.limits = Limits { shard_bytes: 100_000, group_bytes: 50_000, group_rows: 100 };
    let report = setting.run(items()).unwrap();
    let mut metadata = Vec::new();
    for &table in Table::ALL {
        assert_eq!(setting.rows(&report, table), whole.rows(&expected, table));
        let outputs: Vec<_> = report.outputs.iter().filter(|output| output.table == table.as_str()).collect();
        assert_eq!(outputs.len() > 1, table != Table::Rejects, "{table}");
        for output in outputs {
            let file = fs::File::open(setting.dir.join(&output.path)).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            let file = reader.metadata().file_metadata();
            metadata.push((table, file.created_by().map(str::to_owned), file.key_value_metadata().cloned()));
            for group in reader.metadata().row_groups() {
                assert!(group.num_rows() <= 100 && group.total_byte_size() < 60_000);
                assert!(group.column(0).bloom_filter_offset().is_some());
            }
        }
    }
    metadata.dedup();
    check(&setting);
    assert_eq!(metadata.len(), 3, "each file of a table carries the same metadata");
}
