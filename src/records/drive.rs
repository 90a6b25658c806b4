//! Inputs through the checker: one thread does it all, or one reads, others judge, and results are put back in order. What
//! is written does not depend on the number of threads.

use super::chunks::{Chunk, Chunks, Layout, Wrong};
use super::detect::{self, HEAD};
use super::documents::Documents;
use super::explain::Measure;
use super::finding::{self, Finding, Judged};
use super::flat::{self, Chunked, Setting};
use super::inputs::{Input, fill};
use super::keys::{Batch, ChunkAt, Keys, Plan, Spot, Teller, is_not_kept};
use super::outcome;
use super::parts::{Part, Writer, left_to_the_whole};
use super::prove::{Look, Prover};
use super::redact::named;
use super::tally::Tally;
use super::unpack::BEHIND;
use super::{Checked, ELSEWHERE, FileChecked, Options, TOO_LARGE, not_judged};
use crate::model::verdict::{Force, Verdict};
use crate::standard::KEYWORD;
use crate::standard::rules::Ways;
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Chunks under way for each thread: enough to keep it busy, few enough to bound memory.
const UNDER_WAY: usize = 2;
/// How long reading waits for those who judge.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// A chunk on its way to a judge.
struct Work {
    number: u64,
    file: usize,
    /// Records before it, in all files, and those in the files before its own.
    record: u64,
    first: u64,
    chunk: Chunk,
}

/// What a judge made of a chunk.
struct Done {
    number: u64,
    at: ChunkAt,
    keys: Batch,
    tally: Tally,
    findings: Vec<u8>,
    bytes: u64,
    buffer: Vec<u8>,
}

/// Judges one chunk after the other.
struct Judge<'j> {
    measure: Measure<'j>,
    prover: Prover<'j>,
    plan: Plan<'j>,
    names: &'j [String],
}

impl Judge<'_> {
    fn judge(&mut self, work: Work) -> Done {
        let Work { number, file, record: before, first, chunk } = work;
        let name = self.names.get(file).map(String::as_str).unwrap_or_default();
        let at = ChunkAt { record: before, first, file, line: chunk.first_line };
        let (tally, keys) = (Tally::default(), Batch::default());
        let mut done = Done { number, at, keys, tally, findings: Vec::new(), bytes: 0, buffer: Vec::new() };
        for (line, wrong) in &chunk.wrong {
            let finding = stream(*wrong, *line);
            done.keys.unread |= *wrong != Wrong::Mark;
            done.tally.finding(name, "", &finding);
            finding::append(&mut done.findings, name, "", &finding);
        }
        for finding in chunk.flat.iter().flat_map(|flat| &flat.findings) {
            let mut finding = finding.clone();
            finding.hide_names();
            let finding = &finding;
            done.keys.unread |= outcome::is_unjudged(finding);
            done.tally.finding(name, "", finding);
            finding::append(&mut done.findings, name, "", finding);
        }
        // Checked once for the whole chunk, which is much faster than record by record.
        let sound = std::str::from_utf8(&chunk.data).ok();
        let mut contexts = chunk.contexts.iter().peekable();
        let mut context: Option<Value> = None;
        for (index, (number, span)) in (before..).zip(&chunk.spans).enumerate() {
            while let Some((_, of_document)) = contexts.next_if(|(from, _)| *from <= index) {
                context = of_document.as_ref().and_then(|bytes| serde_json::from_slice(bytes).ok());
            }
            let record = chunk.data.get(span.start..span.end).unwrap_or_default();
            let flat =
                chunk.flat.as_deref().filter(|flat| flat.doubtful || flat.by_rows).map(|flat| (flat, span.start));
            let spot = Spot { record: number, line: span.line, bytes: record, flat };
            let text = sound.map_or_else(|| std::str::from_utf8(record).ok(), |all| all.get(span.start..span.end));
            let look = text.map_or(Look::Unsure, |text| self.prover.look(text));
            // Rules see a regular record without its tree.
            let view = text.filter(|_| look != Look::Unsure).map(|text| self.prover.view(text));
            if look == Look::Sound {
                done.tally.clean(self.prover.present());
                view.iter().for_each(|view| self.plan.gather(view.root(), spot, None, &mut done.keys));
                continue;
            }
            let measure = Measure { context: context.as_ref(), ..self.measure };
            let (line, rules) = (chunk.first_line + span.line, look != Look::Regular { keeps_rules: true });
            let resolved = (!rules).then(|| measure.resolve(&self.prover, record, line)).flatten();
            let mut judged = resolved.unwrap_or_else(|| measure.explain(record, line, rules));
            judged.findings.iter_mut().for_each(|finding| finding.record = Some(number - first + 1));
            if let Some(flat) = &chunk.flat {
                flat.place(self.measure.standard, &chunk.data, (span.start, span.end), &mut judged);
            }
            judged.hide_names();
            self.tell(name, &judged, &mut done);
            match (view, &judged.tree) {
                _ if !judged.of_class => done.keys.unread = true,
                (Some(view), _) => self.plan.gather(view.root(), spot, Some(&judged), &mut done.keys),
                (None, tree) => {
                    let ways = Ways::default();
                    if let Some(seen) = self.measure.standard.seen(self.measure.class, tree, &ways) {
                        self.plan.gather(seen, spot, Some(&judged), &mut done.keys);
                    }
                }
            }
        }
        done.bytes = u64::try_from(chunk.data.len()).unwrap_or(0);
        if let Some(flat) = &chunk.flat {
            flat.unknown.iter().for_each(|(path, count)| done.tally.unknown.add(&named(path), *count));
            done.bytes = flat.taken;
        }
        done.buffer = chunk.data;
        done
    }

    fn tell(&self, name: &str, judged: &Judged, done: &mut Done) {
        done.tally.judged(name, judged);
        for found in &judged.findings {
            finding::append(&mut done.findings, name, &judged.key, found);
        }
    }
}

fn stream(wrong: Wrong, line: u64) -> Finding {
    const JSON: &str = "JSON (RFC 8259)";
    const SUITE: &str = "this suite";
    let source = if matches!(wrong, Wrong::Elsewhere | Wrong::Context) { SUITE } else { JSON };
    let (rule, force, verdict, expected, found) = match wrong {
        Wrong::Mark => {
            ("BYTE-ORDER-MARK", Force::I, Verdict::Pass, "text without a byte-order mark", "one at the start")
        }
        Wrong::TooLarge => {
            // The limit is ours, and no fault of whoever exported it.
            (TOO_LARGE, Force::I, Verdict::Warn, "a record within the limit of the suite", "more; it was not judged")
        }
        Wrong::NoJson => {
            ("JSON-SYNTAX", Force::N, Verdict::Fail, "JSON around the records", "something else in this line")
        }
        Wrong::CutOff => ("JSON-SYNTAX", Force::N, Verdict::Fail, "a whole document", "the file ends too early"),
        Wrong::NoRecord => ("NO-RECORD", Force::I, Verdict::Warn, "records", "a document that holds none"),
        Wrong::Elsewhere => {
            let found = "something by another name, in another place, or encrypted; it was not judged";
            (ELSEWHERE, Force::I, Verdict::Warn, "records where messages of the standard have them", found)
        }
        Wrong::Context => {
            let found = "one behind records, which were judged without it: it should stand before them";
            (KEYWORD, Force::I, Verdict::Warn, "a context before the records of a document", found)
        }
    };
    finding::finding(line, rule, force, verdict, expected, found, source)
}

/// Reads and judges all inputs; findings go to `out` in the order of the inputs.
pub(super) fn run(
    inputs: &[Input],
    measure: Measure<'_>,
    options: &Options<'_>,
    part: Option<&mut Writer>,
    out: &mut (dyn Write + Send),
) -> std::io::Result<Checked> {
    let which = part.as_ref().map(|writer| writer.part);
    let threads = options.threads.max(1);
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let plan = Plan::new(measure.standard, measure.table, measure.today, measure.hidden, options.complete);
    let judge = || Judge {
        measure,
        prover: Prover::new(measure.table, measure.standard, measure.today),
        plan: plan.clone(),
        names: &names,
    };
    let mut keys = Keys::new(options.memory, threads);
    keys.unread = options.missing;
    let mut order = Order::new(options, &mut keys, part, &mut *out, inputs.len());
    let reading = Reading { inputs, measure, options, part: which };
    let mut files = match threads {
        1 => alone(&reading, judge(), &mut order),
        _ => together(&reading, threads, &judge, &mut order),
    };
    let (mut tally, sums) = order.end()?;
    for (file, sum) in files.iter_mut().zip(sums) {
        (file.records, file.bytes, file.failing) = (sum.records, sum.bytes, sum.failing);
    }
    let whole = !keys.unread && files.iter().all(|file| file.trouble.is_none());
    let (standard, strictness) = (measure.standard, measure.strictness);
    let mut lost = keys.lost.take();
    if let Some(part) = which {
        if let Some(error) = lost {
            // Those of the other parts would be compared without them.
            return Err(error);
        }
        let not_judged = vec![left_to_the_whole(standard, part)];
        return Ok(Checked { tally, files, not_judged, part: which, keys: Some(keys), ..Checked::default() });
    }
    let not_judged = not_judged(standard, measure.table, options.complete, whole);
    let complete = options.complete && whole;
    let mut teller = Teller { standard, strictness, names: &names, complete, out, tally: &mut tally };
    if lost.is_none() {
        lost = match keys.compare(standard.file_rules(), &mut teller) {
            Err(error) if !is_not_kept(&error) => return Err(error),
            compared => compared.err(),
        };
    }
    let mut checked = Checked { tally, files, not_judged, ..Checked::default() };
    if let Some(error) = lost {
        checked.leave_uncompared(standard, measure.table, &error);
    }
    Ok(checked)
}

/// In this thread alone: what was read is still at hand when it is judged.
fn alone(reading: &Reading<'_>, mut judge: Judge<'_>, order: &mut Order<'_>) -> Vec<FileChecked> {
    let free = Cell::new(Vec::new());
    let give = |work| {
        free.set(order.take(judge.judge(work)));
        order.written.is_ok()
    };
    reading.read(&|| free.take(), give)
}

/// One thread reads, as many as were asked for judge, and this one puts in order.
fn together<'j>(
    reading: &Reading<'_>,
    threads: usize,
    judge: &(impl Fn() -> Judge<'j> + Sync),
    order: &mut Order<'_>,
) -> Vec<FileChecked> {
    let (give, take) = sync_channel::<Work>(threads * UNDER_WAY);
    let (hand_in, collect) = sync_channel::<Done>(threads * UNDER_WAY);
    let take = Mutex::new(take);
    let (return_buffer, returned) = std::sync::mpsc::channel::<Vec<u8>>();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (take, hand_in) = (&take, hand_in.clone());
            scope.spawn(move || {
                let mut judge = judge();
                while let Some(work) = next(take) {
                    if hand_in.send(judge.judge(work)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(hand_in);
        let buffers = Buffers { returned, most: threads * UNDER_WAY * 2 + 2, under_way: Cell::new(0) };
        let reader = scope.spawn(move || {
            let give = |work| {
                buffers.sent();
                give.send(work).is_ok()
            };
            reading.read(&|| buffers.next(), give)
        });
        // Everything is taken in to the end, even where nothing can be written any more: nobody is left waiting.
        while let Ok(done) = collect.recv() {
            order.put(done, |buffer| {
                // The reader may have ended already.
                let _ = return_buffer.send(buffer);
            });
        }
        drop(collect);
        reader.join().unwrap_or_default()
    })
}

fn next(take: &Mutex<Receiver<Work>>) -> Option<Work> {
    take.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// What is read into. It comes back when all that was judged of it is handed on.
struct Buffers {
    returned: Receiver<Vec<u8>>,
    most: usize,
    /// How many are with the judges, or wait for their turn to be handed on.
    under_way: Cell<usize>,
}

impl Buffers {
    /// One that came back, or a new one. Where one judge falls behind, what the others make of later chunks would pile up:
    /// with enough under way the next one waits. Not for ever, since a judge that died gives nothing back.
    fn next(&self) -> Vec<u8> {
        let back = match self.under_way.get() < self.most {
            true => self.returned.try_recv().ok(),
            false => self.returned.recv_timeout(LONGEST_WAIT).ok(),
        };
        if back.is_some() {
            self.under_way.set(self.under_way.get().saturating_sub(1));
        }
        back.unwrap_or_default()
    }

    /// The last one was given to a judge.
    fn sent(&self) {
        self.under_way.set(self.under_way.get() + 1);
    }
}

/// What is read, and by what it is judged.
struct Reading<'r> {
    inputs: &'r [Input],
    measure: Measure<'r>,
    options: &'r Options<'r>,
    part: Option<Part>,
}

impl Reading<'_> {
    /// Reads all inputs one after the other, into buffers from `free`; a file that cannot be read says why and the next one
    /// follows. `give` takes a chunk, and tells whether anybody wants more of this file.
    fn read(&self, free: &dyn Fn() -> Vec<u8>, mut give: impl FnMut(Work) -> bool) -> Vec<FileChecked> {
        let (mut number, mut records) = (0, 0);
        let mut files = Vec::new();
        for (file, input) in self.inputs.iter().enumerate() {
            let mut checked = FileChecked { name: input.name.clone(), ..FileChecked::default() };
            let first = records;
            let mut send = |mut chunk: Chunk| {
                let left = self.options.sample.map_or(u64::MAX, |most| most.saturating_sub(records));
                let all = chunk.spans.len();
                chunk.spans.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                let cut = chunk.spans.len() < all;
                let work = Work { number, file, record: records, first, chunk };
                number += 1;
                records += u64::try_from(work.chunk.spans.len()).unwrap_or(0);
                // Every part reads everything, so that lines and numbers of records are the same in all.
                (!self.part.is_none_or(|part| part.has(work.number)) || give(work)) && !cut
            };
            if let Err(error) = self.one(input, free, &mut checked, &mut send) {
                checked.damaged &= error.kind() != BEHIND;
                checked.trouble = Some(error.to_string());
            }
            files.push(checked);
        }
        files
    }

    fn one(
        &self,
        input: &Input,
        free: &dyn Fn() -> Vec<u8>,
        checked: &mut FileChecked,
        send: &mut dyn FnMut(Chunk) -> bool,
    ) -> std::io::Result<()> {
        let (measure, options) = (self.measure, self.options);
        let mut opened = input.open(options.checksum)?;
        let mut head = vec![0; HEAD];
        let read = fill(&mut opened.bytes, &mut head)?;
        head.truncate(read);
        let shape = detect::shape(&head, read < HEAD, &Documents::of(measure.standard), options.layout);
        let shape = shape.map_err(|wrong| std::io::Error::new(std::io::ErrorKind::InvalidData, wrong))?;
        checked.format = match opened.packed {
            Some(packed) => format!("{}, {packed}", shape.layout.word()),
            None => shape.layout.word().to_owned(),
        };
        let mut chunks: Chunked = match shape.layout {
            Layout::Rows | Layout::Workbook | Layout::Columnar => {
                let Measure { standard, class, .. } = measure;
                let setting = Setting { standard, class, mapping: options.mapping, limit: options.record_limit };
                table(input, self.inputs, Box::new(std::io::Cursor::new(head).chain(opened.bytes)), setting)?
            }
            Layout::Lines | Layout::Document => {
                let mut chunks = Chunks::new(opened.bytes, head, shape.layout, &shape.documents, options.record_limit);
                Box::new(move |buffer| chunks.next(buffer))
            }
        };
        // Until its end is reached, which alone tells that nothing before it was changed.
        checked.damaged = opened.packed.is_some() || matches!(shape.layout, Layout::Workbook | Layout::Columnar);
        while let Some(chunk) = chunks(free())? {
            if options.stop.is_some_and(|stop| stop()) || !send(chunk) {
                checked.trouble = Some(match options.sample {
                    Some(most) => format!("only the first {most} records of all files were asked for"),
                    None => "stopped before its end".into(),
                });
                break;
            }
        }
        checked.damaged = false;
        if checked.trouble.is_some() {
            return Ok(());
        }
        checked.sha256 = opened.hash.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(())
    }
}

/// The chunks of a table: alone, or with the other one that a mapping joins to it.
fn table(
    input: &Input,
    inputs: &[Input],
    from: Box<dyn Read + Send>,
    setting: Setting<'_>,
) -> std::io::Result<Chunked> {
    let sheet = |input: &Input| setting.mapping.and_then(|mapping| mapping.sheet(&input.name));
    let mut records = match sheet(input) {
        None => return flat::records(from, setting),
        Some(0) if setting.mapping.is_some_and(|mapping| mapping.both_in(&input.name)) => {
            let sheet = setting.mapping.and_then(|mapping| mapping.worksheet(Some(1))).unwrap_or_default();
            flat::Records::joined([from, input.again()?], &format!("{} ({sheet})", input.name), setting)?
        }
        Some(0) => {
            let members = inputs.iter().find(|other| sheet(other) == Some(1)).ok_or_else(|| {
                std::io::Error::other("the file that the mapping joins to it is not among those to check")
            })?;
            flat::Records::joined([from, members.open(false)?.bytes], &members.name, setting)?
        }
        // Its records are judged with those of the other one; here it is only counted.
        Some(_) => {
            let mut from = from;
            return Ok(Box::new(move |buffer| flat::pass(&mut from, buffer)));
        }
    };
    Ok(Box::new(move |buffer| records.next(buffer)))
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    records: u64,
    bytes: u64,
    failing: u64,
}

/// Puts results in order, and hands on what is in order.
struct Order<'o> {
    options: &'o Options<'o>,
    keys: &'o mut Keys,
    part: Option<&'o mut Writer>,
    out: &'o mut (dyn Write + Send),
    waiting: BTreeMap<u64, Done>,
    /// The number of the next chunk, and how many numbers on the one after that is.
    due: u64,
    step: u64,
    tally: Tally,
    sums: Vec<Sum>,
    written: std::io::Result<()>,
}

impl<'o> Order<'o> {
    fn new(
        options: &'o Options<'o>,
        keys: &'o mut Keys,
        part: Option<&'o mut Writer>,
        out: &'o mut (dyn Write + Send),
        files: usize,
    ) -> Order<'o> {
        let (due, step) = part.as_ref().map_or((0, 1), |writer| (writer.part.number - 1, writer.part.of));
        let (waiting, tally, sums) = (BTreeMap::new(), Tally::default(), vec![Sum::default(); files]);
        Order { options, keys, part, out, waiting, due, step, tally, sums, written: Ok(()) }
    }

    /// What a judge made of any chunk; the buffers of all that are in order now are free again.
    fn put(&mut self, done: Done, free: impl Fn(Vec<u8>)) {
        self.waiting.insert(done.number, done);
        while let Some(done) = self.waiting.remove(&self.due) {
            self.due += self.step;
            free(self.take(done));
        }
    }

    /// What a judge made of the chunk that is due; gives its buffer back.
    fn take(&mut self, done: Done) -> Vec<u8> {
        if self.written.is_ok() {
            self.written = self.hand_on(&done);
        }
        self.tally.merge(&done.tally);
        if let Some(sum) = self.sums.get_mut(done.at.file) {
            sum.records += done.tally.records;
            sum.failing += done.tally.failures();
            sum.bytes += done.bytes;
        }
        if let Some(tell) = self.options.progress {
            tell(self.tally.records, done.bytes);
        }
        done.buffer
    }

    fn end(self) -> std::io::Result<(Tally, Vec<Sum>)> {
        self.written.map(|()| (self.tally, self.sums))
    }

    fn hand_on(&mut self, done: &Done) -> std::io::Result<()> {
        self.out.write_all(&done.findings)?;
        self.keys.take(done.at, &done.keys);
        match &mut self.part {
            Some(part) => part.chunk(done.number, done.at, done.bytes, done.findings.len(), &done.tally),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_under_way_than_was_meant() {
        let (give_back, returned) = std::sync::mpsc::channel();
        let buffers = Buffers { returned, most: 2, under_way: Cell::new(0) };
        for _ in 0..2 {
            assert_eq!(buffers.next().capacity(), 0, "nothing came back yet");
            buffers.sent();
        }
        for _ in 0..9 {
            give_back.send(Vec::with_capacity(7)).expect("somebody listens");
            assert!(buffers.next().capacity() >= 7, "with two under way only what came back is read into");
            buffers.sent();
            assert_eq!(buffers.under_way.get(), 2);
        }
    }
}
