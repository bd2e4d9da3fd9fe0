//! How much of what tries lost decided how long the run took.

use super::AttemptGroup;
use crate::analysis::{Activity, Stretch, Tree};
use crate::model::AttemptRelation;

/// How far up a part of a pause is looked for.
const MOST_LEVELS_UP: usize = 64;
const NONE: u32 = u32::MAX;

/// The part of a group's waste that lies on the critical path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WasteOnPath {
    /// Time of tries that were lost, with all below them.
    pub failed_ns: i64,
    /// Pauses between tries.
    pub pause_ns: i64,
    /// Rows of the lost tries that the path goes through, in order.
    pub rows: Vec<u32>,
}

/// For each of the groups, which of its waste the path goes through. `activities` and `path` are those of the same tree and
/// groups. Calls that were sent twice at once lose no time.
pub fn waste_on_path(
    groups: &[AttemptGroup],
    tree: &Tree,
    activities: &[Activity],
    path: &[Stretch],
) -> Vec<WasteOnPath> {
    let mut waste = vec![WasteOnPath::default(); groups.len()];
    let mut group_of = vec![NONE; tree.rows.len()];
    let mut is_lost = vec![false; tree.rows.len()];
    for (index, group) in groups.iter().enumerate() {
        group.rows.iter().for_each(|row| group_of[*row as usize] = index as u32);
        group.lost_rows().for_each(|row| is_lost[row as usize] = true);
    }
    // The nearest lost try at or above each row: parents come before their children.
    let mut around = vec![NONE; tree.rows.len()];
    for at in 0..tree.rows.len() {
        around[at] = match tree.rows[at].parent {
            _ if is_lost[at] => at as u32,
            Some(parent) => around[parent as usize],
            None => NONE,
        };
    }
    let above = |row: u32| tree.rows[row as usize].parent.map_or(NONE, |parent| around[parent as usize]);
    let mut is_on_path = vec![false; tree.rows.len()];
    for stretch in path {
        let Some(index) = stretch.activity else { continue };
        let Some(activity) = activities.get(index as usize) else { continue };
        let mut lost = match pause_around(activities, index) {
            Some(next) => {
                if let Some(waste) = waste.get_mut(group_of[next as usize] as usize) {
                    waste.pause_ns = waste.pause_ns.saturating_add(stretch.length_ns());
                }
                above(next)
            }
            None => around[activity.row as usize],
        };
        while lost != NONE {
            let group = group_of[lost as usize] as usize;
            if groups[group].signal.relation() != AttemptRelation::Hedge {
                waste[group].failed_ns = waste[group].failed_ns.saturating_add(stretch.length_ns());
            }
            is_on_path[lost as usize] = true;
            lost = above(lost);
        }
    }
    for (waste, group) in waste.iter_mut().zip(groups) {
        waste.rows = group.lost_rows().filter(|row| is_on_path[*row as usize]).collect();
    }
    waste
}

/// The try that the pause leads to which an activity is, or is a part of.
fn pause_around(activities: &[Activity], index: u32) -> Option<u32> {
    let mut at = Some(index);
    for _ in 0..MOST_LEVELS_UP {
        let activity = activities.get(at? as usize)?;
        if activity.is_pause {
            return Some(activity.row);
        }
        at = activity.above;
    }
    None
}
