//! Runs of evaluation frameworks and research agents.
