//! The one list of commands. A host has `call(name, request)`; TypeScript has the same list as the `Contract` type.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;
use ts_rs::{Config, TS};

use super::dto::*;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::model::SourceConfig;

/// What a command gives, as its host sends it.
pub enum Answer {
    /// JSON text.
    Json(String),
    /// An envelope with columns ([`encode`]).
    Columns(Vec<u8>),
}

impl Answer {
    /// The answer as the type it was made from, for hosts in Rust.
    pub fn read<Response: DeserializeOwned>(&self) -> Result<Response> {
        match self {
            Self::Json(text) => serde_json::from_str(text)
                .map_err(|error| Error::internal(format!("the response can't be read: {error}"))),
            Self::Columns(envelope) => decode(envelope),
        }
    }
}

/// Declares the commands; each `name` is a function `name(&Engine, Request) -> Result<Response>` of the module given. The
/// response of one that ends in `as columns` leaves as an envelope.
macro_rules! contract {
    ($($(#[$doc:meta])* $topic:ident :: $name:ident ($request:ty) -> $response:ty $(as $form:ident)?;)+) => {
        /// The names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),+];

        /// Runs the command `name` on a JSON request. A defect inside a command becomes an `internal` error; it never
        /// takes the host down.
        pub fn call(engine: &Engine, name: &str, request: &str) -> Result<Answer, ApiError> {
            match name {
                $(stringify!($name) => {
                    let response = run(request, |request: $request| super::$topic::$name(engine, request))?;
                    answer!(response $($form)?)
                })+
                _ => Err(Error::invalid(format!("there is no command \"{name}\"")).into()),
            }
        }

        /// The `Contract` type in TypeScript.
        fn contract_typescript(config: &Config) -> String {
            let mut text = String::from("/** Every command: what it takes and what it gives. */\nexport interface Contract {\n");
            $(text.push_str(&format!(
                "  {}: {{ request: {}; response: {} }};\n",
                stringify!($name), <$request as TS>::name(config), <$response as TS>::name(config),
            ));)+
            text.push_str("}\n");
            text
        }
    };
}

macro_rules! answer {
    ($response:ident) => {
        serde_json::to_string(&$response).map(Answer::Json).map_err(|error| ApiError {
            code: Code::Internal,
            message: format!("the response can't be written: {error}"),
        })
    };
    ($response:ident columns) => {
        encode(&$response).map(Answer::Columns).map_err(ApiError::from)
    };
}

contract! {
    about::app_info(Nothing) -> AppInfo;
    about::format_list(Nothing) -> Vec<FormatInfo>;
    about::price_info(Nothing) -> PriceInfo;
    about::prices_edit(Nothing) -> PriceInfo;
    about::prices_reload(Nothing) -> PriceInfo;
    about::settings_get(Nothing) -> Settings;
    about::settings_set(Settings) -> Settings;
    compare::compare(CompareRequest) -> Comparison as columns;
    compare::compare_step(StepDifferenceRequest) -> StepDifference;
    compare::compare_candidates(TraceRef) -> CompareCandidates;
    compare::pair_set(PairSet) -> Nothing;
    compare::baseline_set(BaselineSet) -> Nothing;
    compare::run_matrix(RunMatrixRequest) -> RunMatrix;
    find::filter_read(FilterText) -> FilterReading;
    find::filter_complete(FilterCompleteRequest) -> FilterCompletions;
    find::filter_edit(FilterEditRequest) -> FilterText;
    find::overview(OverviewRequest) -> Overview;
    find::insights(InsightsRequest) -> Insights;
    find::retry_report(RetryReportRequest) -> RetryReport;
    find::trace_snippets(SnippetsRequest) -> Vec<TraceSnippets>;
    find::trace_hits(TraceHitsRequest) -> TraceHits;
    find::trace_find(TraceFindRequest) -> FoundSteps;
    find::index_state(Nothing) -> IndexState;
    imports::import_start(ImportStart) -> ImportStatus;
    imports::import_text(ImportText) -> ImportStatus;
    imports::import_cancel(ImportRef) -> ImportStatus;
    imports::import_dismiss(ImportRef) -> Nothing;
    imports::mapping_set(MappingSet) -> Option<ImportStatus>;
    imports::import_status(ImportRef) -> ImportStatus;
    imports::import_list(Nothing) -> Vec<ImportStatus>;
    imports::problem_list(ProblemListRequest) -> ProblemList;
    masking::masking_try(MaskingTry) -> MaskingTried;
    masking::mask_stored_start(Nothing) -> MaskStoredStatus;
    masking::mask_stored(Nothing) -> MaskStoredStatus;
    masking::mask_stored_stop(Nothing) -> Nothing;
    keep::trace_mark(TraceMark) -> TraceCount;
    keep::step_mark(StepMark) -> Vec<StepMarkItem>;
    keep::step_marks(TraceRef) -> Vec<StepMarkItem>;
    attempts::attempt_correct(AttemptCorrect) -> AttemptCorrected;
    keep::tag_list(Nothing) -> Vec<TagCount>;
    keep::trace_delete(TraceSelection) -> Deletion;
    keep::trace_restore(DeletionRef) -> TraceCount;
    keep::deletion_list(Nothing) -> Vec<Deletion>;
    keep::deletion_purge(DeletionRef) -> Nothing;
    keep::retention_preview(Retention) -> RetentionPreview;
    keep::storage_info(Nothing) -> StorageInfo;
    keep::storage_compact(Nothing) -> Compacted;
    keep::storage_compact_stop(Nothing) -> Nothing;
    keep::label_list(Nothing) -> Vec<LabelItem>;
    keep::label_set(LabelSet) -> Vec<LabelItem>;
    keep::saved_filter_list(Nothing) -> Vec<SavedFilter>;
    keep::saved_filter_save(SavedFilterSave) -> Vec<SavedFilter>;
    keep::saved_filter_remove(SavedFilterRef) -> Vec<SavedFilter>;
    keep::saved_filter_reorder(SavedFilterOrder) -> Vec<SavedFilter>;
    sources::source_list(Nothing) -> Vec<SourceStatus>;
    sources::source_set(SourceConfig) -> SourceRef;
    sources::source_remove(SourceRef) -> Nothing;
    sources::source_problems(SourceProblemsRequest) -> ProblemList;
    sources::source_suggestions(Nothing) -> Vec<SourceSuggestion>;
    sources::feed_addresses(Nothing) -> FeedAddresses;
    sources::demo_start(DemoStart) -> Nothing;
    sources::demo_stop(Nothing) -> Nothing;
    stores::store_import(StoreRef) -> ImportStatus;
    texts::text_read(TextReadRequest) -> TextStretch;
    texts::text_rows(TextRowsRequest) -> TextRowPage;
    texts::text_find(TextFindRequest) -> TextPlaces;
    traces::monitor(MonitorRequest) -> Monitor;
    traces::alerts_seen(AlertsSeen) -> Nothing;
    traces::trace_list(TraceListRequest) -> TraceList;
    traces::trace_get(TraceRef) -> TraceDetail;
    traces::span_tree(TraceRef) -> SpanTree as columns;
    traces::trace_shape(TraceRef) -> TraceShape;
    traces::clock_skew(TraceRef) -> ClockSkew;
    traces::clock_adjust(ClockAdjust) -> Nothing;
    traces::step_get(StepRef) -> StepDetail;
    traces::run_time(TraceRef) -> RunTime;
    traces::conversation_outline(TraceRef) -> ConversationOutline;
    traces::run_conversation(RunConversationRequest) -> RunConversation;
    traces::link_make(LinkRequest) -> Link;
    traces::link_resolve(Link) -> LinkTarget;
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self { code: error.code, message: error.message }
    }
}

/// So many characters of what is wrong with a request are said back.
const MOST_SAID_BACK: usize = 300;

fn run<Request, Response>(
    request: &str,
    handler: impl FnOnce(Request) -> Result<Response>,
) -> Result<Response, ApiError>
where
    Request: DeserializeOwned,
{
    let request = serde_json::from_str(request).map_err(|error| {
        // It may hold all that was sent.
        let reason: String = error.to_string().chars().take(MOST_SAID_BACK).collect();
        Error::invalid(format!("the request can't be read: {reason}"))
    })?;
    let response = catch_unwind(AssertUnwindSafe(|| handler(request))).map_err(|_| {
        Error::internal("a defect of this program stopped the command; the log has the details")
    })??;
    Ok(response)
}

/// The TypeScript of every type of the api and of the `Contract`, as one file.
pub fn typescript() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Generated from src-tauri/engine/src/api by `make bindings`. Do not edit.\n\
         import type { TextColumn } from './columns';\n\n\
         /** Any JSON. */\nexport type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };\n",
    );
    macro_rules! declare {
        ($($type:ty),+ $(,)?) => {
            $({
                text.push('\n');
                if let Some(docs) = <$type as TS>::docs() {
                    text.push_str(docs.trim_end());
                    text.push('\n');
                }
                text.push_str("export ");
                text.push_str(&<$type as TS>::decl(&config));
                text.push('\n');
            })+
        };
    }
    use crate::model::{
        Alert, AttemptOutcome, AttemptRelation, DurationUnit, FailureCause, FieldRole, FoundField,
        MappedField, Provenance, RecordGuess, RecordMapping, SourceKind, SourceState, SpanKind, SpanStatus,
        TimePart, TraceStatus,
    };
    use crate::semantics::{Content, ErrorDetail, Message, MessagePart, Parameter, ToolDefinition};
    declare!(
        Code,
        ApiError,
        Nothing,
        SpanKind,
        SpanStatus,
        TraceStatus,
        Provenance,
        AttemptRelation,
        AttemptOutcome,
        FailureCause,
        Alert,
        Content,
        Message,
        MessagePart,
        ToolDefinition,
        Parameter,
        ErrorDetail,
        AppInfo,
        FormatInfo,
        PriceInfo,
        Settings,
        Theme,
        ImportStart,
        ImportText,
        ImportRef,
        ImportStatus,
        ImportState,
        ImportCounts,
        FileStatus,
        MappingSet,
        RecordGuess,
        RecordMapping,
        MappedField,
        FoundField,
        FieldRole,
        DurationUnit,
        ProblemListRequest,
        ProblemList,
        ProblemItem,
        SourceConfig,
        SourceKind,
        SourceState,
        SourceStatus,
        SourceRef,
        SourceProblemsRequest,
        SourceSuggestion,
        FeedAddresses,
        DemoStart,
        MonitorRequest,
        Monitor,
        MonitorBucket,
        AlertsSeen,
        FilterText,
        FilterReading,
        FilterMistake,
        FilterTerm,
        FilterCompleteRequest,
        FilterCompletions,
        FilterCompletion,
        FilterEditRequest,
        FilterEdit,
        OverviewRequest,
        Overview,
        Facet,
        FacetValue,
        Histogram,
        HistogramRange,
        SearchState,
        IndexState,
        SnippetsRequest,
        TraceSnippets,
        Snippet,
        TraceHitsRequest,
        TraceHits,
        TraceFindRequest,
        FoundSteps,
        InsightsRequest,
        Insights,
        RunFigures,
        InsightsBucket,
        RunBreakdown,
        CallBreakdown,
        FailureCluster,
        Outlier,
        RetryReportRequest,
        RetryReport,
        RetryFigures,
        RetriedName,
        RunsAgain,
        RetryCause,
        RetryBucket,
        TraceSelection,
        TraceMark,
        TraceCount,
        TagCount,
        Deletion,
        DeletionRef,
        Retention,
        RetentionPreview,
        RetentionRemoved,
        StorageInfo,
        StorageSource,
        Compacted,
        LabelField,
        LabelItem,
        LabelSet,
        SavedFilter,
        SavedFilterSave,
        SavedFilterRef,
        SavedFilterOrder,
        Exported,
        MaskingRules,
        MaskingPattern,
        MaskingTry,
        MaskingTried,
        MaskedKind,
        MaskStoredStatus,
        TraceListRequest,
        TraceSort,
        TraceList,
        TraceSummary,
        TraceRef,
        SpanTree,
        Remark,
        RemarkAbout,
        TraceShape,
        MissingParent,
        ParentCycle,
        ClockSkew,
        ShiftedSteps,
        ClockAdjust,
        StepMark,
        StepMarkItem,
        MarkedStep,
        AttemptCorrect,
        AttemptChange,
        StepCorrection,
        AttemptCorrected,
        TraceClock,
        AttemptGroup,
        AwaitedTry,
        TraceDetail,
        RunTries,
        RunTry,
        Fact,
        StepRef,
        StepDetail,
        StepEvent,
        StepLink,
        TimePart,
        RunTime,
        TimeShare,
        AttemptWaste,
        CriticalPath,
        ConversationOutline,
        ConversationThread,
        RunConversationRequest,
        RunConversation,
        ConversationTurn,
        TurnRelation,
        AnswerBefore,
        TurnHistory,
        MessageOrigin,
        TurnMessage,
        TurnTool,
        LinkRequest,
        Link,
        ComparedStep,
        LinkTarget,
        CompareRequest,
        Comparison,
        ComparedRun,
        ApartSteps,
        PairRelation,
        RunDifference,
        StepDifferenceRequest,
        Ignored,
        StepDifference,
        PartDifference,
        DiffLine,
        LineChange,
        DiffPiece,
        PairSet,
        Pairing,
        CompareCandidates,
        BaselineSet,
        RunMatrixRequest,
        RunMatrix,
        MatrixRow,
        MatrixCell,
        ComparisonSave,
        ComparisonForm,
        ComparisonSaved,
        StoreSummary,
        StoreRef,
        RecentStore,
        CopyStage,
        CopyProgress,
        BackupWritten,
        BackupOffer,
        LongText,
        TextRef,
        TextReadRequest,
        TextStretch,
        TextRowsRequest,
        TextRowPage,
        TextRow,
        TextFindRequest,
        TextPlaces,
        TextSave,
        TextSaved,
        Notice,
        RunAlert,
    );
    for (name, words) in [
        ("SPAN_KINDS", SpanKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>()),
        ("SPAN_STATUSES", SpanStatus::ALL.iter().map(|status| status.word()).collect()),
        ("PAIR_RELATIONS", PairRelation::ALL.iter().map(|relation| relation.word()).collect()),
        ("TIME_PARTS", TimePart::ALL.iter().map(|part| part.word()).collect()),
    ] {
        text.push_str(&format!(
            "\n/** Words by stored code. */\nexport const {name} = [{}] as const;\n",
            words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
        ));
    }
    text.push('\n');
    text.push_str(&contract_typescript(&config));
    text
}
