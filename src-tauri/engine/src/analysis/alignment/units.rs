//! A run as alignment reads it: which rows are its work, in order, and which are tries of the same operation.

use std::collections::{HashMap, HashSet};

use super::operation::{Class, Operation, Operations};
use super::{Run, Said};
use crate::model::SpanKind;

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// One run, prepared. Everything is by row of its tree.
pub(super) struct Units<'a> {
    pub(super) run: Run<'a>,
    operations: Vec<Operation>,
    operation_of: Vec<u32>,
    /// Equal for rows of one operation that were given the same.
    keys: Vec<u64>,
    /// What the run did, in order: calls of models, tools, and holders that have no such thing below them.
    pub(super) work: Vec<u32>,
    pub(super) is_work: Vec<bool>,
    /// How many rows of `work` each row comes to with all below it.
    pub(super) work_below: Vec<u32>,
    /// The tries before the last one of an operation, by the last one.
    pub(super) earlier_tries: HashMap<u32, Vec<u32>>,
    /// Rows that are such an earlier try, or below one.
    pub(super) is_in_try: Vec<bool>,
    /// By row, the last try of the operation that it is an earlier try of, lies below such a try of, or is a pause between tries
    /// of; or [`NONE`].
    pub(super) try_of: Vec<u32>,
    /// Tries before the last one, and pauses between them, of operations whose tries stand together.
    pub(super) is_gathered: Vec<bool>,
    /// The row that is the run itself: as its source reports it, else the one agent or chain above all else.
    pub(super) run_row: Option<u32>,
    /// The row above all others, whatever it is; `None` where several are.
    pub(super) only_root: Option<u32>,
}

impl<'a> Units<'a> {
    /// Reads a run. A group of tries is one step, but for groups in which a person has judged an earlier try by itself.
    pub(super) fn new(run: &Run<'a>, judged: &HashSet<u32>) -> Self {
        let rows = &run.tree.rows;
        let count = rows.len();
        let mut earlier_tries = HashMap::new();
        let mut is_in_try = vec![false; count];
        let mut try_of = vec![NONE; count];
        let mut is_gathered = vec![false; count];
        for group in run.groups {
            let Some((last, earlier)) = group.rows.split_last() else { continue };
            let is_there = group.rows.iter().all(|row| (*row as usize) < count);
            // A try within another is a step of that one.
            let holds = |row: &u32| *last > *row && *last - *row <= rows[*row as usize].descendants;
            if !is_there || earlier.iter().any(|row| judged.contains(row) || holds(row)) {
                continue;
            }
            earlier.iter().for_each(|row| is_in_try[*row as usize] = true);
            earlier_tries.insert(*last, earlier.to_vec());
            let pauses = pauses_between(run, &group.rows);
            let is_together = pauses.is_some();
            for row in earlier.iter().copied().chain(pauses.into_iter().flatten()) {
                try_of[row as usize] = *last;
                is_gathered[row as usize] = is_together;
            }
        }
        for row in 0..count {
            if let Some(parent) = rows[row].parent.map(|parent| parent as usize) {
                is_in_try[row] |= is_in_try[parent];
                if is_in_try[parent] && try_of[row] == NONE {
                    try_of[row] = try_of[parent];
                }
            }
        }

        let mut operations = Operations::new(run.strings);
        let operation_of: Vec<u32> = rows
            .iter()
            .map(|row| {
                let span = &run.facts[row.span as usize];
                operations.index(span.kind, span.name)
            })
            .collect();
        let operations = operations.into_list();
        let class_of = |row: usize| operations[operation_of[row] as usize].class;
        let mut roots = run.tree.roots();
        let only_root = roots.next().filter(|_| roots.next().is_none());
        let run_row = only_root.filter(|row| run.has_own_row || class_of(*row as usize) == Class::Holder);

        let mut is_work = vec![false; count];
        let mut work_below = vec![0_u32; count];
        let mut has_model_below = vec![false; count];
        for row in (0..count).rev() {
            is_work[row] = !is_in_try[row]
                && match class_of(row) {
                    // Two instruments tell of one call: the inner one is the call itself.
                    Class::Model => !has_model_below[row],
                    Class::Tool | Class::Wait => true,
                    Class::Holder => work_below[row] == 0 && !(run.has_own_row && row == 0),
                };
            work_below[row] += u32::from(is_work[row]);
            if let Some(parent) = rows[row].parent {
                work_below[parent as usize] += work_below[row];
                has_model_below[parent as usize] |= has_model_below[row] || class_of(row) == Class::Model;
            }
        }
        let mut units = Self {
            run: *run,
            operations,
            operation_of,
            keys: Vec::new(),
            work: (0..count as u32).filter(|row| is_work[*row as usize]).collect(),
            is_work,
            work_below,
            earlier_tries,
            is_in_try,
            try_of,
            is_gathered,
            run_row,
            only_root,
        };
        units.keys = (0..count as u32)
            .map(|row| {
                let input =
                    units.said(row).and_then(|said| said.input.as_ref()).map_or(0, |input| input.key());
                units.operation(row).key() ^ input.rotate_left(17)
            })
            .collect();
        units
    }

    pub(super) fn count(&self) -> usize {
        self.operation_of.len()
    }

    /// Puts any two runs that are not the same in an order.
    pub(super) fn order(&self) -> (usize, u64) {
        let sum =
            self.keys.iter().fold(0_u64, |sum, key| sum.rotate_left(5).wrapping_add(*key).wrapping_mul(31));
        (self.count(), sum)
    }

    pub(super) fn operation(&self, row: u32) -> &Operation {
        &self.operations[self.operation_of[row as usize] as usize]
    }

    /// Everything that the run did or was made of.
    pub(super) fn operation_keys(&self) -> HashSet<u64> {
        self.operations.iter().map(Operation::key).collect()
    }

    pub(super) fn key(&self, row: u32) -> u64 {
        self.keys[row as usize]
    }

    pub(super) fn said(&self, row: u32) -> Option<&'a Said> {
        self.run.said.get(self.run.tree.rows[row as usize].span as usize)
    }

    pub(super) fn span(&self, row: u32) -> &'a super::SpanFacts {
        &self.run.facts[self.run.tree.rows[row as usize].span as usize]
    }

    pub(super) fn parent(&self, row: u32) -> Option<u32> {
        self.run.tree.rows[row as usize].parent
    }

    /// Whether what a row was given tells it from others of its operation.
    pub(super) fn is_telling(&self, row: u32) -> bool {
        self.said(row).and_then(|said| said.input.as_ref()).is_some_and(|input| input.is_telling())
    }

    /// The nearest holder above that has a name of its own.
    pub(super) fn named_holder(&self, row: u32) -> Option<&Operation> {
        // A few levels are enough to tell two parts of a run apart.
        let mut above = self.parent(row);
        for _ in 0..4 {
            let operation = self.operation(above?);
            if operation.name != 0 && operation.class == Class::Holder {
                return Some(operation);
            }
            above = above.and_then(|row| self.parent(row));
        }
        None
    }

    /// Whether a row is the run itself, and nothing that it did.
    pub(super) fn is_run(&self, row: u32) -> bool {
        self.run_row == Some(row)
    }

    /// Whether a row holds others, and is no work itself.
    pub(super) fn is_holder(&self, row: u32) -> bool {
        !self.is_work[row as usize] && !self.is_in_try[row as usize]
    }
}

/// The pauses between these tries, if the tries stand together: below one parent, with nothing between them that is work of
/// its own. `None` if they don't.
fn pauses_between(run: &Run<'_>, tries: &[u32]) -> Option<Vec<u32>> {
    let rows = &run.tree.rows;
    let mut row = *tries.first()?;
    let parent = rows[row as usize].parent;
    let mut pauses = Vec::new();
    for tried in tries {
        // From one row below the parent to the next.
        while row < *tried {
            let at = &rows[row as usize];
            let kind = run.facts[at.span as usize].kind;
            let is_pause = matches!(kind, SpanKind::Wait | SpanKind::Other | SpanKind::Guardrail);
            if !is_pause || at.descendants > 0 || at.parent != parent {
                return None;
            }
            pauses.push(row);
            row += 1;
        }
        let at = &rows[*tried as usize];
        if row != *tried || at.parent != parent {
            return None;
        }
        row = tried + 1 + at.descendants;
    }
    Some(pauses)
}
