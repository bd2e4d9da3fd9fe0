//! Why a step failed, by what its error says.

use engine::analysis::cause;
use engine::model::{FailureCause, SpanKind};

#[test]
fn a_status_code_tells_where_it_is_said_as_one() {
    let told = |error: &str| cause(Some(error), SpanKind::Tool);
    for error in ["429 Too Many Requests", "HTTP 429", "the stock service answered 429", "status code: 429"] {
        assert_eq!(told(error), FailureCause::Ratelimit, "{error}");
    }
    // A number of something else is no code.
    assert_eq!(told("the report has 429 rows without a price"), FailureCause::Tool);
}
