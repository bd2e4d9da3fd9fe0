//! Whether two runs asked other models throughout, or at single calls.

use super::operation::model_name;
use super::units::Units;
use super::{Difference, Pair};

/// Whether two names are of one model, be it in another version: `gpt-4.1` and `gpt-4.1-2025-04-14`.
pub fn is_same_model(one: &str, other: &str) -> bool {
    model_name(one) == model_name(other)
}

/// Where each call of both runs changed from the same model to the same other one, the runs did: that is told once, of the
/// pair of the runs (`runs`), and no more of its calls. Else it is told of the calls that changed, and of the runs only where no
/// call did, and their sources say of them that they asked another.
pub(super) fn tell_of_runs(pairs: &mut [Pair], runs: usize, a: &Units<'_>, b: &Units<'_>) {
    let mut asked = pairs
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != runs)
        .filter_map(|(_, pair)| Some((name(a, a.span(pair.a?).model)?, name(b, b.span(pair.b?).model)?)))
        .peekable();
    let Some(first) = asked.peek().cloned() else {
        // No step of both says which model it asked: what is known of the runs decides.
        let is_other = name(a, a.run.model)
            .zip(name(b, b.run.model))
            .is_some_and(|(model_a, model_b)| model_a != model_b);
        if is_other {
            pairs[runs].difference.insert(Difference::MODEL);
        }
        return;
    };
    let (mut is_throughout, mut has_changed) = (first.0 != first.1, false);
    for models in asked {
        has_changed |= models.0 != models.1;
        is_throughout &= models == first;
    }
    if is_throughout {
        pairs.iter_mut().for_each(|pair| pair.difference.remove(Difference::MODEL));
        pairs[runs].difference.insert(Difference::MODEL);
    } else if has_changed {
        pairs[runs].difference.remove(Difference::MODEL);
    }
}

fn name(units: &Units<'_>, model: Option<u32>) -> Option<String> {
    units.run.strings.get(model? as usize).map(|text| model_name(text))
}
