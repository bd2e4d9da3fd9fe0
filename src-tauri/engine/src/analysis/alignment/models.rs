//! Whether two runs asked other models throughout, or at single calls.

use super::operation::model_name;
use super::units::Units;
use super::{Difference, Pair};

/// Whether two names are of one model, be it in another version: `gpt-4.1` and `gpt-4.1-2025-04-14`.
pub fn is_same_model(one: &str, other: &str) -> bool {
    model_name(one) == model_name(other)
}

/// Where each call of both runs changed from the same model to the same other one, the runs did: that is told once, of the
/// pair of the runs, and no more of its calls. Else it is told of the calls that changed, and of the runs only where no step
/// says which model it asked.
pub(super) fn tell_of_runs(pairs: &mut [Pair], a: &Units<'_>, b: &Units<'_>) {
    let is_runs =
        |pair: &Pair| pair.a.is_some() && pair.a == a.run_row && pair.b.is_some() && pair.b == b.run_row;
    let Some(runs) = pairs.iter().position(is_runs) else { return };
    let mut asked = pairs
        .iter()
        .filter(|pair| !is_runs(pair))
        .filter_map(|pair| Some((name(a, pair.a?)?, name(b, pair.b?)?)));
    let Some(first) = asked.next() else { return };
    let is_throughout = first.0 != first.1 && asked.all(|models| models == first);
    if is_throughout {
        pairs.iter_mut().for_each(|pair| pair.difference.remove(Difference::MODEL));
        pairs[runs].difference.insert(Difference::MODEL);
    } else {
        pairs[runs].difference.remove(Difference::MODEL);
    }
}

fn name(units: &Units<'_>, row: u32) -> Option<String> {
    let model = units.span(row).model?;
    units.run.strings.get(model as usize).map(|text| model_name(text))
}
