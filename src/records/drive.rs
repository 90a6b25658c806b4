//! Inputs through the checker: one thread reads, others judge, results are put back in order. What is written does not
//! depend on the number of threads.

use super::chunks::{Chunk, Chunks, Wrong};
use super::detect::{self, HEAD};
use super::explain::Measure;
use super::finding::{self, Finding, Judged};
use super::inputs::{Input, fill};
use super::prove::Prover;
use super::tally::Tally;
use super::{Checked, FileChecked, Options, RECORD_LIMIT};
use crate::model::verdict::{Force, Verdict};
use crate::standard::Standard;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Chunks under way for each thread: enough to keep it busy, few enough to bound memory.
const UNDER_WAY: usize = 2;

/// A chunk on its way to a judge.
struct Work {
    number: u64,
    file: usize,
    chunk: Chunk,
}

/// What a judge made of a chunk.
struct Done {
    number: u64,
    file: usize,
    tally: Tally,
    findings: Vec<u8>,
    bytes: u64,
    buffer: Vec<u8>,
}

/// Judges one chunk after the other.
struct Judge<'j> {
    measure: Measure<'j>,
    prover: Prover<'j>,
    names: &'j [String],
}

impl Judge<'_> {
    fn judge(&mut self, work: Work) -> Done {
        let Work { number, file, chunk } = work;
        let name = self.names.get(file).map(String::as_str).unwrap_or_default();
        let mut done =
            Done { number, file, tally: Tally::default(), findings: Vec::new(), bytes: 0, buffer: Vec::new() };
        for (line, wrong) in &chunk.wrong {
            let finding = stream(*wrong, *line);
            done.tally.finding(name, "", &finding);
            finding::append(&mut done.findings, name, "", &finding);
        }
        // Checked once for the whole chunk, which is much faster than record by record.
        let sound = std::str::from_utf8(&chunk.data).ok();
        for span in &chunk.spans {
            let record = chunk.data.get(span.start..span.end).unwrap_or_default();
            let text = sound.map_or_else(|| std::str::from_utf8(record).ok(), |all| all.get(span.start..span.end));
            if text.is_some_and(|text| self.prover.certain(text)) {
                done.tally.clean(self.prover.present());
                continue;
            }
            let judged = self.measure.explain(record, chunk.first_line + span.line);
            self.tell(name, &judged, &mut done);
        }
        done.bytes = u64::try_from(chunk.data.len()).unwrap_or(0);
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
    let (rule, force, verdict, expected, found) = match wrong {
        Wrong::Mark => {
            ("BYTE-ORDER-MARK", Force::I, Verdict::Pass, "text without a byte-order mark", "one at the start")
        }
        Wrong::TooLarge => {
            ("RECORD-TOO-LARGE", Force::N, Verdict::Fail, "a record within the limit", "more; it was not judged")
        }
        Wrong::CutOff => ("JSON-SYNTAX", Force::N, Verdict::Fail, "a whole document", "the file ends too early"),
        Wrong::NoRecord => ("NO-RECORD", Force::N, Verdict::Fail, "records", "a document that holds none"),
    };
    Finding {
        line,
        pointer: String::new(),
        rule: rule.into(),
        force,
        verdict,
        expected: expected.into(),
        found: found.into(),
        source: "JSON (RFC 8259)".into(),
        erratum: None,
    }
}

/// Reads and judges all inputs; findings go to `out` in the order of the inputs.
pub(super) fn run(
    inputs: &[Input],
    measure: Measure<'_>,
    options: &Options<'_>,
    out: &mut (dyn Write + Send),
) -> std::io::Result<Checked> {
    let threads = options.threads.max(1);
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let (give, take) = sync_channel::<Work>(threads * UNDER_WAY);
    let (hand_in, collect) = sync_channel::<Done>(threads * UNDER_WAY);
    let take = Mutex::new(take);
    let (return_buffer, buffers) = std::sync::mpsc::channel::<Vec<u8>>();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (take, hand_in, names) = (&take, hand_in.clone(), &names);
            scope.spawn(move || {
                let mut judge =
                    Judge { measure, prover: Prover::new(measure.table, measure.standard, measure.today), names };
                while let Some(work) = next(take) {
                    if hand_in.send(judge.judge(work)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(hand_in);
        let reader = scope.spawn(move || read(inputs, measure, options, &give, &buffers));
        let collected = put_in_order(&collect, &return_buffer, inputs.len(), options, out);
        drop(collect);
        let mut files = reader.join().unwrap_or_default();
        let (tally, parts) = collected?;
        for (file, part) in files.iter_mut().zip(parts) {
            (file.records, file.bytes) = (part.records, part.bytes);
        }
        Ok(Checked { tally, files, refused: Vec::new() })
    })
}

fn next(take: &Mutex<Receiver<Work>>) -> Option<Work> {
    take.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Reads all inputs one after the other; a file that cannot be read says why and the next one follows.
fn read(
    inputs: &[Input],
    measure: Measure<'_>,
    options: &Options<'_>,
    give: &SyncSender<Work>,
    buffers: &Receiver<Vec<u8>>,
) -> Vec<FileChecked> {
    let mut number = 0;
    let mut files = Vec::new();
    for (file, input) in inputs.iter().enumerate() {
        let mut checked = FileChecked { name: input.name.clone(), ..FileChecked::default() };
        let mut send = |chunk: Chunk| {
            number += 1;
            give.send(Work { number: number - 1, file, chunk }).is_ok()
        };
        match read_one(input, measure, options, buffers, &mut checked, &mut send) {
            Ok(()) => {}
            Err(error) => checked.trouble = Some(error.to_string()),
        }
        files.push(checked);
    }
    files
}

/// The bytes of the first record of an input that is not standard input.
pub(super) fn first_record(standard: &Standard, input: &Input) -> Option<Vec<u8>> {
    let mut opened = input.is_file().then(|| input.open().ok())??;
    let mut head = vec![0; HEAD];
    let read = fill(&mut opened.bytes, &mut head).ok()?;
    head.truncate(read);
    let shape = detect::shape(&head, read < HEAD, standard.record_places(), None).ok()?;
    let mut chunks = Chunks::new(opened.bytes, head, shape.layout, &shape.places, RECORD_LIMIT);
    let chunk = chunks.next(Vec::new()).ok()??;
    let span = chunk.spans.first()?;
    chunk.data.get(span.start..span.end).map(<[u8]>::to_vec)
}

fn read_one(
    input: &Input,
    measure: Measure<'_>,
    options: &Options<'_>,
    buffers: &Receiver<Vec<u8>>,
    checked: &mut FileChecked,
    send: &mut dyn FnMut(Chunk) -> bool,
) -> std::io::Result<()> {
    let mut opened = input.open()?;
    let mut head = vec![0; HEAD];
    let read = fill(&mut opened.bytes, &mut head)?;
    head.truncate(read);
    let shape = detect::shape(&head, read < HEAD, measure.standard.record_places(), options.layout);
    let shape = shape.map_err(|wrong| std::io::Error::new(std::io::ErrorKind::InvalidData, wrong))?;
    checked.format = match opened.packed {
        Some(packed) => format!("{}, {packed}", shape.layout.word()),
        None => shape.layout.word().to_owned(),
    };
    let mut chunks = Chunks::new(opened.bytes, head, shape.layout, &shape.places, options.record_limit);
    while let Some(chunk) = chunks.next(buffers.try_recv().unwrap_or_default())? {
        if options.stop.is_some_and(|stop| stop()) || !send(chunk) {
            checked.trouble = Some("stopped before its end".into());
            return Ok(());
        }
    }
    checked.sha256 = opened.hash.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(())
}

#[derive(Clone, Copy, Debug, Default)]
struct Part {
    records: u64,
    bytes: u64,
}

fn put_in_order(
    collect: &Receiver<Done>,
    return_buffer: &std::sync::mpsc::Sender<Vec<u8>>,
    files: usize,
    options: &Options<'_>,
    out: &mut (dyn Write + Send),
) -> std::io::Result<(Tally, Vec<Part>)> {
    let mut waiting: BTreeMap<u64, Done> = BTreeMap::new();
    let mut tally = Tally::default();
    let mut parts = vec![Part::default(); files];
    let mut due = 0;
    let mut written = Ok(());
    // Everything is taken in to the end, even where nothing can be written any more: nobody is left waiting.
    while let Ok(done) = collect.recv() {
        waiting.insert(done.number, done);
        while let Some(done) = waiting.remove(&due) {
            due += 1;
            if written.is_ok() {
                written = out.write_all(&done.findings);
            }
            tally.merge(&done.tally);
            if let Some(part) = parts.get_mut(done.file) {
                part.records += done.tally.records;
                part.bytes += done.bytes;
            }
            if let Some(tell) = options.progress {
                tell(tally.records, done.bytes);
            }
            // The reader may have ended already.
            let _ = return_buffer.send(done.buffer);
        }
    }
    written.map(|()| (tally, parts))
}
