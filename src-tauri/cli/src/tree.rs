//! The lines that join the rows of a tree, drawn row by row without recursion.

/// Draws what stands before each row of a tree whose rows come in display order.
pub(crate) struct Branches<'a> {
    /// Row of each row's parent, -1 for a root.
    parent: &'a [i32],
    /// Rows below each row.
    descendants: &'a [u32],
    /// For the row last asked for and those above it, by depth: the first row that is not below its parent any more.
    ends: Vec<usize>,
}

impl<'a> Branches<'a> {
    /// The most levels drawn; those above are only counted.
    const MOST_LEVELS: usize = 24;

    /// For a tree given by its parents and the numbers of rows below each row.
    pub(crate) fn new(parent: &'a [i32], descendants: &'a [u32]) -> Self {
        Self { parent, descendants, ends: Vec::new() }
    }

    /// The lines before `row` and those before further lines of the same row. Rows are asked for in order, with their depth.
    pub(crate) fn next(&mut self, row: usize, depth: usize) -> (String, String) {
        self.ends.truncate(depth);
        let end = match self.parent.get(row).map(|parent| usize::try_from(*parent)) {
            Some(Ok(parent)) => parent + self.size(parent),
            _ => self.parent.len(),
        };
        self.ends.push(end);
        if depth == 0 {
            let below = if self.size(row) > 1 { "│ " } else { "  " };
            return (String::new(), below.into());
        }
        let mut lines = String::new();
        let left_out = depth.saturating_sub(Self::MOST_LEVELS);
        if left_out > 0 {
            lines = format!("⋯{left_out} ");
        }
        // The line of a level goes on as long as the row there has a sibling still to come.
        for level in left_out.max(1)..depth {
            lines.push_str(if self.goes_on(level) { "│  " } else { "   " });
        }
        let last = !self.has_sibling_after(row, depth);
        let first_line = format!("{lines}{}", if last { "└─ " } else { "├─ " });
        let beside = if last { "   " } else { "│  " };
        let below = if self.size(row) > 1 { "│ " } else { "  " };
        (first_line, format!("{lines}{beside}{below}"))
    }

    /// `row` and the rows below it.
    fn size(&self, row: usize) -> usize {
        self.descendants.get(row).map_or(1, |below| 1 + *below as usize)
    }

    fn has_sibling_after(&self, row: usize, depth: usize) -> bool {
        self.ends.get(depth).is_some_and(|end| row + self.size(row) < *end)
    }

    /// Whether the row at `level` above the current one has a sibling still to come: its own rows end before its parent's.
    fn goes_on(&self, level: usize) -> bool {
        match (self.ends.get(level), self.ends.get(level + 1)) {
            (Some(parent_end), Some(own_end)) => own_end < parent_end,
            _ => false,
        }
    }
}
