//! Wires the rooms: a reader, workers that clean and write whole parts, then the final files. Threads, bounded queues
//! and interruption live here; never a rule, a threshold or a column.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::cleaner::{Cleaned, Cleaner};
use crate::dataset::folder::{self, Opened, Reuse, Staging};
use crate::dataset::manifest::{
    Identity, InputHasher, InputSummary, MANIFEST_FILE, Manifest, Output, Totals, options_record,
};
use crate::dataset::parts::{self, Cutter, Entry, PART_BYTES, Part, PartRecord, clean_part, write_part};
use crate::dataset::reuse::Earlier;
use crate::dataset::settle::{Limits, settle};
use crate::error::{Error, ErrorKind, Result};
use crate::input::{self, Dump, Inputs, Item, OwnedDump};

/// How a run goes about its work. Only `limit` changes what comes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildOptions {
    /// Threads that clean; 0: as many as the machine has cores.
    pub jobs: usize,
    /// Most dumps that are read, those that fail among them.
    pub limit: Option<u64>,
    /// Replace the dataset that lies in the output folder.
    pub overwrite: bool,
    /// Take up an unfinished run.
    pub resume: bool,
    /// Read and clean everything, write nothing.
    pub dry_run: bool,
    /// A finished dataset: what it holds of unchanged dumps is taken over.
    pub reuse: Option<PathBuf>,
}

/// What happens in a run, for whoever watches it. Comes from several threads, in no fixed order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// All inputs were listed; nothing was read yet.
    Listed {
        /// Files.
        files: u64,
        /// Their bytes as stored, where they are known.
        bytes: u64,
    },
    /// The inputs were read so far.
    Read {
        /// Bytes of files as stored.
        bytes: u64,
    },
    /// A part is finished.
    Part {
        /// Its dumps.
        dumps: u64,
        /// Bytes of their content.
        bytes: u64,
        /// Whether an earlier run had finished it.
        taken_over: bool,
        /// Dumps that were unchanged since the dataset that is taken over from.
        reused: u64,
        /// Bytes of what was cleaned now.
        cleaned_bytes: u64,
        /// Dumps that gave an article.
        articles: u64,
        /// Dumps refused on purpose.
        rejected: u64,
        /// Dumps that failed.
        failed: u64,
    },
    /// All parts are finished; the final files are being written.
    Settling,
}

/// Watches a run.
pub trait Progress: Sync {
    /// Something happened.
    fn report(&self, event: &Event);
}

/// Watches nothing.
impl Progress for () {
    fn report(&self, _event: &Event) {}
}

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The sums.
    pub totals: Totals,
    /// What was read.
    pub inputs: InputSummary,
    /// The files that were written, beside the manifest.
    pub outputs: Vec<Output>,
    /// Dumps that an earlier run had cleaned: those of its finished parts.
    pub taken_over: u64,
    /// Dumps whose rows came from the dataset that was to be reused.
    pub reused: u64,
}

impl Report {
    /// Whether every dump and every character went somewhere.
    pub fn is_balanced(&self) -> bool {
        self.totals.is_balanced()
    }

    /// Joins the reports of two runs over different inputs. Sums commute; files stay in the order given, and the
    /// digest of the inputs, which has no meaning for two runs, is left out.
    #[must_use]
    pub fn merge(mut self, other: Report) -> Report {
        self.totals = self.totals.merge(&other.totals);
        self.inputs = InputSummary {
            count: self.inputs.count + other.inputs.count,
            files: self.inputs.files + other.inputs.files,
            bytes: self.inputs.bytes + other.inputs.bytes,
            digest: String::new(),
            passed_over: other.inputs.passed_over.into_iter().fold(
                self.inputs.passed_over,
                |mut sum, (what, count)| {
                    *sum.entry(what).or_default() += count;
                    sum
                },
            ),
        };
        self.outputs.extend(other.outputs);
        self.taken_over += other.taken_over;
        self.reused += other.reused;
        self
    }
}

/// Builds a dataset folder from inputs.
///
/// Raising `stop` ends the run after the parts in hand; they are kept for a later run with `resume`.
///
/// # Errors
/// Of kind `Options` if inputs or output folder cannot be used, `Interrupted` after `stop`, `Io` if reading or
/// writing fails. A dump that cannot be read or cleaned is no error: it is a row of `rejects`.
pub fn build(
    inputs: &Inputs,
    cleaner: &Cleaner,
    dir: &Path,
    options: &BuildOptions,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Report> {
    let mut inputs = inputs.clone();
    inputs.exclude.get_or_insert_with(|| dir.to_owned());
    inputs.max_dump_bytes = cleaner.options().max_dump_bytes;
    let reader = input::read(&inputs)?;
    let (files, bytes) = (reader.n_files() as u64, reader.stored_bytes());
    tracing::info!(files, bytes, "the inputs are listed");
    progress.report(&Event::Listed { files, bytes });
    let record = options_record(cleaner.options(), Some(&inputs), options.limit);
    let run = Run {
        clean: &|dump: Dump<'_>| cleaner.clean(dump),
        identity: Identity {
            model_digest: cleaner.model().map(|model| model.digest().to_owned()),
            ..Identity::new(cleaner.rules().digest(), record)
        },
        dir,
        options,
        limits: Limits::DEFAULT,
        progress,
        position: reader.position(),
        stop,
    };
    run.run(reader)
}

/// One run, whatever hands out the items and whatever cleans them.
struct Run<'a, C> {
    clean: &'a C,
    identity: Identity,
    dir: &'a Path,
    options: &'a BuildOptions,
    limits: Limits,
    progress: &'a dyn Progress,
    /// Bytes of the inputs that were read.
    position: Arc<AtomicU64>,
    stop: &'a AtomicBool,
}

/// What the workers made of the parts.
struct Worked {
    inputs: InputSummary,
    /// Sums of the parts, and their records if anything was written, in order.
    totals: Totals,
    parts: Vec<PartRecord>,
    taken_over: u64,
    reused: u64,
}

/// Dumps that need not be cleaned, counted by all workers.
#[derive(Debug, Default)]
struct Spared {
    taken_over: AtomicU64,
    reused: AtomicU64,
}

impl<C: Fn(Dump<'_>) -> Cleaned + Sync> Run<'_, C> {
    fn run(&self, items: impl Iterator<Item = Item>) -> Result<Report> {
        let earlier = self.earlier()?;
        if self.options.dry_run {
            let Worked { inputs, totals, taken_over, reused, .. } = self.work(items, earlier, None)?;
            return Ok(Report { totals, inputs, outputs: Vec::new(), taken_over, reused });
        }
        let reuse = match (self.options.overwrite, self.options.resume) {
            (true, true) => {
                return Err(Error::new(ErrorKind::Options, "overwrite and resume contradict each other"));
            }
            (true, false) => Reuse::Overwrite,
            (false, true) => Reuse::Resume,
            (false, false) => Reuse::No,
        };
        let opened = folder::open(self.dir, &self.identity, reuse);
        match opened.map_err(|error| with_need(error, 2 * PART_BYTES as u64, "the first part"))? {
            Opened::Finished(manifest) => self.confirm(items, *manifest),
            Opened::Staging(staging) => self.build(items, earlier, staging),
        }
    }

    /// The dataset that unchanged dumps are taken over from, if any.
    fn earlier(&self) -> Result<Option<Earlier>> {
        let Some(dir) = &self.options.reuse else { return Ok(None) };
        // A run that replaces the dataset that it reuses may have been cut off after that one was taken away.
        let is_same = || fs::canonicalize(dir).ok() == fs::canonicalize(self.dir).ok();
        if self.options.resume && is_same() && !dir.join(MANIFEST_FILE).exists() {
            return Ok(None);
        }
        let earlier = Earlier::open(dir, &self.identity)?;
        if earlier.is_none() {
            tracing::warn!(
                "{} was made by another version or with other rules or options: all dumps are cleaned anew",
                dir.display()
            );
        }
        Ok(earlier)
    }

    fn build(&self, items: impl Iterator<Item = Item>, earlier: Option<Earlier>, staging: Staging) -> Result<Report> {
        let staging = Mutex::new(staging);
        let worked = self.work(items, earlier, Some(&staging));
        let staging = staging.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Worked { inputs, totals, parts, taken_over, reused } = match worked {
            Ok(worked) => worked,
            Err(error) => {
                if !staging.holds_parts() {
                    staging.discard_if_fresh();
                }
                return Err(error);
            }
        };
        self.progress.report(&Event::Settling);
        tracing::info!(parts = parts.len(), "all dumps are cleaned, writing the final files");
        let settled = settle(&staging, &parts, &self.identity, self.limits, self.stop);
        let (outputs, sources) = settled.map_err(|error| {
            // Half-written files are of no use, and their room may be what is missing.
            staging.clear_out();
            let parts_bytes = parts.iter().map(PartRecord::bytes).sum();
            with_need(error, parts_bytes, "the final files")
        })?;
        let manifest = Manifest { sources: Some(sources), ..Manifest::new(&self.identity, inputs, outputs, totals) };
        staging.publish(&manifest).map_err(|error| with_need(error, 1, "the manifest"))?;
        tracing::info!(files = manifest.outputs.len(), "the dataset is whole");
        let Manifest { inputs, outputs, totals, .. } = manifest;
        Ok(Report { totals, inputs, outputs, taken_over, reused })
    }

    /// A finished dataset is taken up: if inputs and files are still the same, there is nothing to do.
    fn confirm(&self, items: impl Iterator<Item = Item>, manifest: Manifest) -> Result<Report> {
        let changed = |what: &str| {
            Error::new(ErrorKind::Options, format!("the dataset is finished, but its {what} changed since"))
                .at(self.dir)
                .hint("--overwrite makes it anew")
        };
        if !folder::are_intact(self.dir, &manifest) {
            return Err(changed("files have"));
        }
        let inputs = self.cut(items, None, |_| true);
        self.refuse_if_stopped(0)?;
        if inputs != manifest.inputs {
            return Err(changed("inputs have"));
        }
        folder::remove_staging(self.dir)?;
        let Manifest { inputs, outputs, totals, .. } = manifest;
        Ok(Report { taken_over: totals.dumps, totals, inputs, outputs, reused: 0 })
    }

    /// Reads all items, cuts them into parts and hands these on, until that is refused.
    fn cut(
        &self,
        items: impl Iterator<Item = Item>,
        mut earlier: Option<Earlier>,
        mut hand_on: impl FnMut(Part) -> bool,
    ) -> InputSummary {
        let mut summary = InputHasher::default();
        let mut cutter = Cutter::default();
        let mut left = self.options.limit.unwrap_or(u64::MAX);
        for item in items {
            if self.stop.load(Ordering::Relaxed) {
                return summary.finish();
            }
            let entry = match item {
                Item::FileEnd { source_path, bytes, sha256 } => {
                    summary.file(&source_path, bytes, &sha256);
                    continue;
                }
                Item::PassedOver { what, count, .. } => {
                    summary.passed_over(what, count);
                    continue;
                }
                _ if left == 0 => break,
                Item::Dump(dump) => known_or_new(&mut earlier, dump),
                Item::Failed(failure) => Entry::Failed(failure),
            };
            left -= 1;
            summary.dump();
            let Some(part) = cutter.push(entry) else { continue };
            self.progress.report(&Event::Read { bytes: self.position.load(Ordering::Relaxed) });
            if !hand_on(part) {
                return summary.finish();
            }
        }
        if let Some(part) = cutter.finish() {
            hand_on(part);
        }
        summary.finish()
    }

    /// Cleans all items over threads; with a staging folder, writes their parts there.
    fn work(
        &self,
        items: impl Iterator<Item = Item>,
        earlier: Option<Earlier>,
        staging: Option<&Mutex<Staging>>,
    ) -> Result<Worked> {
        let jobs = match self.options.jobs {
            0 => thread::available_parallelism().map_or(1, std::num::NonZero::get),
            jobs => jobs,
        };
        let spared = Spared::default();
        let has_failed = AtomicBool::new(false);
        // One part waits for each worker, so that none of them waits for the reader.
        let (sender, receiver): (Sender<Part>, Receiver<Part>) = bounded(jobs);
        let (inputs, results) = thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs)
                .map(|_| {
                    let receiver = receiver.clone();
                    let (spared, has_failed) = (&spared, &has_failed);
                    scope.spawn(move || {
                        let mut done = BTreeMap::new();
                        for part in receiver {
                            // What waits is left for a later run; what is in hand is finished.
                            if has_failed.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed) {
                                break;
                            }
                            let result = self.work_part(&part, staging, spared);
                            has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
                            done.insert(part.number, result);
                        }
                        done
                    })
                })
                .collect();
            drop(receiver);
            let inputs = self.cut(items, earlier, |part| sender.send(part).is_ok());
            drop(sender);
            let mut results = BTreeMap::new();
            for worker in workers {
                results.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            (inputs, results)
        });
        let parts = results.into_values().collect::<Result<Vec<PartRecord>>>()?;
        self.refuse_if_stopped(parts.len())?;
        let totals = parts.iter().fold(Totals::default(), |sum, part| sum.merge(&part.totals));
        let Spared { taken_over, reused } = spared;
        Ok(Worked { inputs, totals, parts, taken_over: taken_over.into_inner(), reused: reused.into_inner() })
    }

    fn work_part(&self, part: &Part, staging: Option<&Mutex<Staging>>, spared: &Spared) -> Result<PartRecord> {
        let dumps = part.entries.len() as u64;
        let (reused, known_bytes) = part.known();
        let done = |totals: &Totals, taken_over: bool| {
            let cleaned_bytes = if taken_over { 0 } else { (part.bytes - known_bytes) as u64 };
            let reused = if taken_over { 0 } else { reused };
            spared.taken_over.fetch_add(if taken_over { dumps } else { 0 }, Ordering::Relaxed);
            spared.reused.fetch_add(reused, Ordering::Relaxed);
            tracing::debug!(part = part.number, dumps, taken_over, reused, "a part is finished");
            let Totals { articles, rejected, failed, .. } = *totals;
            let bytes = part.bytes as u64;
            self.progress.report(&Event::Part {
                dumps,
                bytes,
                taken_over,
                reused,
                cleaned_bytes,
                articles,
                rejected,
                failed,
            });
        };
        let Some(staging) = staging else {
            let mut totals = Totals::default();
            clean_part(part, self.clean, |_, made| {
                parts::count(&mut totals, &made);
                Ok(())
            })?;
            done(&totals, false);
            return Ok(PartRecord { part: part.number, inputs: String::new(), files: Vec::new(), totals });
        };
        let lock = || staging.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (folder, earlier) = {
            let staging = lock();
            (staging.parts_folder(), staging.finished().get(&part.number).cloned())
        };
        if let Some(record) = earlier.filter(|record| record.holds(part, &folder)) {
            done(&record.totals, true);
            return Ok(record);
        }
        // A part never needs more than its content and as much again for what was taken out of it.
        let need = 2 * part.bytes as u64;
        let written =
            write_part(part, self.clean, &folder).and_then(|record| lock().note_part(&record).map(|()| record));
        let record = written.map_err(|error| with_need(error, need, "this part"))?;
        done(&record.totals, false);
        Ok(record)
    }

    fn refuse_if_stopped(&self, parts: usize) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted; finished parts: {parts}"))
                .hint("--resume goes on from here"));
        }
        Ok(())
    }
}

/// A dump with the rows that it gave before, if it is unchanged.
fn known_or_new(earlier: &mut Option<Earlier>, dump: OwnedDump) -> Entry {
    match earlier.as_mut().map(|earlier| earlier.take(&dump)) {
        Some(Ok(Some(known))) => return Entry::Known(Box::new(known)),
        Some(Err(error)) => {
            tracing::warn!("{error}: the other dumps are cleaned anew");
            *earlier = None;
        }
        _ => {}
    }
    Entry::Dump(dump)
}

/// Says how much room is needed where an error comes of a full disk.
fn with_need(error: Error, bytes: u64, what: &str) -> Error {
    if !error.is_full_disk() {
        return error;
    }
    let megabytes = bytes.div_ceil(1_000_000);
    error.hint(format!("{what} may need {megabytes} MB; make room, and --resume goes on from here"))
}

#[cfg(test)]
mod tests;
