//! Names of projects, and saved filters.

use engine::api::dto::{
    LabelField, LabelItem, LabelSet, Nothing, SavedFilter, SavedFilterOrder, SavedFilterRef, SavedFilterSave,
    TraceSort,
};
use engine::error::Code;
use serde_json::json;

use super::{Kept, traces};

#[test]
fn projects_are_renamed_merged_and_hidden_and_all_of_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    let mut two = traces(&["a", "b"], 2);
    two[1]["project_id"] = json!("shop-2");
    kept.harness.import_text(two.to_string());
    let set = |value: &str, shown_as: Option<&str>, is_hidden: bool| -> Vec<LabelItem> {
        let shown_as = shown_as.map(str::to_owned);
        let label = LabelSet { field: LabelField::Project, value: value.into(), shown_as, is_hidden };
        kept.harness.call("label_set", &label)
    };
    let projects =
        || -> Vec<Option<String>> { kept.list("").items.into_iter().map(|trace| trace.project).collect() };
    set("shop", Some("Web shop"), false);
    let labels = set("shop-2", Some(" Web shop "), false);
    assert_eq!(projects(), [Some("Web shop".into()), Some("Web shop".into())]);
    let shop = labels.iter().find(|label| label.value == "shop").unwrap();
    assert_eq!((shop.shown_as.as_deref(), shop.traces), (Some("Web shop"), 1));

    set("shop-2", None, true);
    assert_eq!(kept.keys(""), ["a"]);
    assert_eq!(kept.keys("project:shop-2"), ["b"], "a filter that names it finds it");
    set("shop-2", None, false);
    set("shop", Some("shop"), false);
    assert_eq!(projects(), [Some("shop".into()), Some("shop-2".into())]);
}

#[test]
fn filters_are_saved_changed_ordered_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    let save = |id: Option<i64>, name: &str, filter: &str| {
        let save = SavedFilterSave {
            id,
            name: name.into(),
            filter: filter.into(),
            sort: TraceSort::Duration,
            descending: true,
        };
        kept.harness.try_call::<Vec<SavedFilter>>("saved_filter_save", &save)
    };
    save(None, " Slow ", "duration:>5s").unwrap();
    let two = save(None, "Failed", "status:failed").unwrap();
    let names = |filters: &[SavedFilter]| filters.iter().map(|saved| saved.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&two), ["Slow", "Failed"]);
    assert_eq!((two[0].sort, two[0].descending), (TraceSort::Duration, true));
    let ids = vec![two[1].id, two[0].id];
    let turned: Vec<SavedFilter> = kept.harness.call("saved_filter_reorder", &SavedFilterOrder { ids });
    assert_eq!(names(&turned), ["Failed", "Slow"]);
    save(Some(two[0].id), "Very slow", "duration:>50s").unwrap();
    assert_eq!(save(None, "  ", "").map_err(|error| error.code), Err(Code::Invalid));
    assert_eq!(save(None, "x", "nonsense:1").map_err(|error| error.code), Err(Code::Invalid));
    assert_eq!(save(Some(99), "x", "").map_err(|error| error.code), Err(Code::NotFound));

    drop(kept);
    let kept = Kept::open(folder.path());
    let left: Vec<SavedFilter> = kept.harness.call("saved_filter_remove", &SavedFilterRef { id: two[1].id });
    assert_eq!(names(&left), ["Very slow"]);
    let listed: Vec<SavedFilter> = kept.harness.call("saved_filter_list", &Nothing {});
    assert_eq!(listed, left);
}
