//! The named faults of the sandbox registry: every way in which it can be made to break the standard.
//!
//! Each fault breaks one thing a client of the documented API can see. `breaks` names the place of the standard's digest
//! that says otherwise. Where the behaviour itself lives is found by searching for the variant, such as `Fault::SortIgnored`.

/// What is known about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultInfo {
    /// The fault itself.
    pub fault: Fault,
    /// Name in kebab-case, as given on the command line.
    pub name: &'static str,
    /// The area it belongs to.
    pub area: &'static str,
    /// What the sandbox then does wrong, in one sentence.
    pub title: &'static str,
}

/// Declares the faults: the enum, and one table in the same order.
macro_rules! faults {
    ($($area:literal { $($variant:ident $name:literal $title:literal;)* })*) => {
        /// A named fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // the title in the table says what each does
        pub enum Fault { $($($variant,)*)* }

        static FAULTS: &[FaultInfo] =
            &[$($(FaultInfo { fault: Fault::$variant, name: $name, area: $area, title: $title },)*)*];
    };
}

faults! {
"ids" {
    // breaks: envelope.md#10 transaction_id echoed unchanged
    ReplyTransactionIdChanged "reply-transaction-id-changed"
        "Every answer and callback carries a new transaction_id instead of the request's.";
    // breaks: messages/social.yaml maxLength 99 of transaction_id; envelope.md#10 echoed unchanged
    LongTransactionIdCut "long-transaction-id-cut"
        "A transaction_id of more than 40 characters comes back cut to 40.";
    // breaks: messages/social.yaml type string; errata E-43
    TransactionIdAsNumber "transaction-id-as-number"
        "The transaction_id in answers and callbacks is a JSON number.";
    // breaks: envelope.md#10 reference_id echoed by the matching item
    ReferenceIdsSwapped "reference-ids-swapped"
        "In a batch, the first two results stand under each other's reference_id.";
    // breaks: envelope.md#10 reference_id is one of the request's
    ReferenceIdInvented "reference-id-invented"
        "Every result item carries a newly made reference_id.";
    // breaks: envelope.md#10 every reference_id answered
    BatchItemUnanswered "batch-item-unanswered"
        "The last request of a batch is not answered at all.";
    // breaks: V-BATCH each reference_id answered once
    BatchItemAnsweredTwice "batch-item-answered-twice"
        "The first request of every message is answered by two items.";
    // breaks: envelope.md#10 callback carries the acknowledgement's correlation_id
    CallbackCorrelationIdDiffers "callback-correlation-id-differs"
        "Callbacks carry another correlation_id than the acknowledgement.";
    // breaks: envelope.md#10 correlation_id unique in the processing system
    CorrelationIdConstant "correlation-id-constant"
        "Every transaction is given the same correlation_id.";
    // breaks: envelope.md#3 message_id is a new id, not the request's
    MessageIdEchoed "message-id-echoed"
        "Answers and callbacks repeat the message_id of the request.";
    // breaks: envelope.md#2 message_id unique per message
    MessageIdConstant "message-id-constant"
        "Every message of the registry has the same message_id.";
    // breaks: envelope.md#2 message_id unique per message (subtle: only some repeat)
    MessageIdInPairs "message-id-in-pairs"
        "Each message_id is used for two messages in a row before a new one is made.";
    // breaks: envelope.md#10 sender_id and receiver_id change places in the answer (inferred)
    SenderAndReceiverNotSwapped "sender-and-receiver-not-swapped"
        "Answers and callbacks carry sender_id and receiver_id as in the request, not exchanged.";
}
"envelope-and-acknowledgement" {
    // breaks: envelope.md#1 header required
    HeaderMissing "header-missing"
        "Sync answers have no header member.";
    // breaks: envelope.md#1 message required in effect, errata E-20
    MessageMissing "message-missing"
        "Successful sync answers consist of a header only.";
    // breaks: envelope.md#5 action of the path
    ActionOfRequest "action-of-request"
        "Answers and callbacks carry the action of the request (search, not on-search).";
    // breaks: envelope.md#3 status enum
    HeaderStatusUnlisted "header-status-unlisted"
        "header.status of answers and callbacks is `success`, which is not in the list.";
    // breaks: envelope.md#3 status required
    HeaderStatusMissing "header-status-missing"
        "The header of sync answers and on-search callbacks has no status.";
    // breaks: envelope.md#4 header status fits the items
    HeaderRejectedThoughItemsSucceed "header-rejected-though-items-succeed"
        "header.status is rjct although every item succeeded.";
    // breaks: MsgHeaderStatusReasonCode enum
    HeaderReasonCodeUnlisted "header-reason-code-unlisted"
        "The header carries status_reason_code `200`, which is not in the list.";
    // breaks: envelope.md#3 message_ts date-time with zone
    MessageTsWithoutZone "message-ts-without-zone"
        "message_ts is written without a zone offset.";
    // breaks: envelope.md#2 message_ts is the time of the message
    MessageTsStale "message-ts-stale"
        "message_ts is always noon of 1 January 2020.";
    // breaks: envelope.md#3 total_count integer, errata E-61
    TotalCountAsText "total-count-as-text"
        "header.total_count is the text of a number.";
    // breaks: envelope.md#3 total_count is the number of items
    TotalCountWrong "total-count-wrong"
        "header.total_count is one more than the number of items in the message.";
    // breaks: envelope.md#3 completed_count counts finished requests
    CompletedCountZero "completed-count-zero"
        "header.completed_count is 0 although the items are finished.";
    // breaks: envelope.md#1 is_msg_encrypted selects the form of message
    EncryptedFlagLies "encrypted-flag-lies"
        "is_msg_encrypted is true although the message is in the clear.";
    // breaks: envelope.md#2 and #3 is_msg_encrypted: the message is an EncryptedMessage
    EncryptedUnflagged "encrypted-unflagged"
        "Messages hold all that an encrypted message has, and is_msg_encrypted is false.";
    // breaks: envelope.md#3 meta is an object
    MetaAsText "meta-as-text"
        "header.meta is an empty text instead of an object.";
    // breaks: envelope.md#1 signature is a text
    SignatureAsNumber "signature-as-number"
        "Answers and callbacks carry a signature that is a number.";
    // breaks: SearchResponse items status enum
    ItemStatusUnlisted "item-status-unlisted"
        "Items that succeed have status `ok`, which is not in the list.";
    // breaks: SearchResponse items timestamp required
    ItemTimestampMissing "item-timestamp-missing"
        "Result items have no timestamp.";
    // breaks: SearchStatusReasonCode enum
    ItemReasonCodeUnlisted "item-reason-code-unlisted"
        "Refused items carry the status_reason_code `rjct.other`, which is not in the list.";
    // breaks: SearchResponse status_reason_message maxLength 999
    ReasonMessageTooLong "reason-message-too-long"
        "The status_reason_message of refused items has 1200 characters.";
    // breaks: SearchResponse search_response is an array
    SearchResponseAsObject "search-response-as-object"
        "search_response is one object instead of a list.";
    // breaks: SearchResponse locale pattern
    ReplyLocaleMalformed "reply-locale-malformed"
        "Result items carry the locale `EN/GB`.";
    // breaks: envelope.md#6 ack_status enum
    AckStatusLowerCase "ack-status-lower-case"
        "Acknowledgements say `ack` instead of `ACK`.";
    // breaks: envelope.md#6 timestamp date-time, errata E-40
    AckTimestampEmpty "ack-timestamp-empty"
        "The timestamp of acknowledgements is an empty text.";
    // breaks: envelope.md#6 correlation_id required
    AckCorrelationIdMissing "ack-correlation-id-missing"
        "Acknowledgements have no correlation_id.";
    // breaks: envelope.md#6 correlation_id maxLength 99
    CorrelationIdTooLong "correlation-id-too-long"
        "correlation_id has 120 characters.";
    // breaks: error-codes.yaml communication_errors
    AckErrorCodeUnlisted "ack-error-code-unlisted"
        "The error code of refusing acknowledgements is the HTTP number as text, which is not in the list.";
    // breaks: envelope.md#6 error.code must be there with ERR
    AckErrorMissing "ack-error-missing"
        "Acknowledgements with ERR have no error member.";
    // breaks: envelope.md#6 outer message member, errata E-23
    AckWithoutMessage "ack-without-message"
        "Acknowledgements lack the outer `message` member.";
    // breaks: envelope.md#9 async request is answered by an acknowledgement, errata E-42
    AckReplacedByResult "ack-replaced-by-result"
        "Async search answers with the result itself instead of an acknowledgement.";
}
"query-meaning" {
    // breaks: scenarios SCN-SYNC-01 the person asked for is the person returned
    FirstRecordsWhateverAsked "first-records-whatever-asked"
        "Every search returns the first three records, whatever was asked.";
    // breaks: SCN-SYNC-01 a known person is found
    KnownPersonNotFound "known-person-not-found"
        "A search by identifier never finds anyone.";
    // breaks: SCN-EXC-02 not another person's record
    UnknownPersonNearest "unknown-person-nearest"
        "A search for an unknown identifier returns the person with the nearest one.";
    // breaks: IdentifierTypeValue: type and value both
    IdentifierTypeIgnored "identifier-type-ignored"
        "A search by identifier compares the value and ignores the type.";
    // breaks: IdentifierTypeValue: the value as a whole
    IdentifierPrefixMatches "identifier-prefix-matches"
        "A search by identifier matches every identifier that begins with the value.";
    // breaks: eq is equality
    EqualityIgnoresCase "equality-ignores-case"
        "Texts and identifiers are compared without regard to case.";
    // breaks: eq is equality
    EqualityAsContains "equality-as-contains"
        "`eq` on a text matches every text that contains the value.";
    // breaks: eq on numbers is exact
    NumberEqualityRounded "number-equality-rounded"
        "`eq` on a number compares after rounding both to a whole number.";
    // breaks: SCN-SYNC-01 one record, the person's
    WholeHouseholdReturned "whole-household-returned"
        "A search for one person returns everyone of that person's household.";
    // breaks: SCN-SYNC-01 every record satisfies the query
    StrangerAppended "stranger-appended"
        "One record that does not satisfy the query is added to every non-empty result.";
    // breaks: design.md part 4 no record twice
    RecordTwice "record-twice"
        "The first record of every result comes twice.";
    // breaks: V-BATCH each item answered with its own result
    BatchAnswersFirstQuery "batch-answers-first-query"
        "Every item of a batch is answered with the result of the first query.";
    // breaks: predicate operator ge
    GeAsGt "ge-as-gt" "`ge` is evaluated as `gt`: a record exactly on the bound is missing.";
    // breaks: predicate operator le
    LeAsLt "le-as-lt" "`le` is evaluated as `lt`: a record exactly on the bound is missing.";
    // breaks: predicate operator gt
    GtAsGe "gt-as-ge" "`gt` is evaluated as `ge`: a record exactly on the bound is included.";
    // breaks: predicate operator lt
    LtAsLe "lt-as-le" "`lt` is evaluated as `le`: a record exactly on the bound is included.";
    // breaks: predicate operators gt and lt
    GtAndLtExchanged "gt-and-lt-exchanged" "`gt` and `lt` in predicates mean each other.";
    // breaks: numbers compare as numbers
    NumbersComparedAsText "numbers-compared-as-text"
        "Numbers are compared as texts, so that 9.5 is more than 10.2.";
    // breaks: dates compare as dates
    DatesComparedByYear "dates-compared-by-year"
        "Dates are compared by their year alone.";
    // breaks: predicate condition and
    AndAsOr "and-as-or" "The condition `and` of a predicate is evaluated as `or`.";
    // breaks: predicate expression2
    SecondExpressionIgnored "second-expression-ignored"
        "The second expression of a predicate is ignored.";
    // breaks: expression $and
    ExpressionSecondClauseIgnored "expression-second-clause-ignored"
        "`$and` of an expression looks at its first clause only.";
    // breaks: expression $eq
    ExpressionEqualAsAtLeast "expression-equal-as-at-least"
        "`$eq` of an expression matches everything equal or greater.";
    // breaks: expression $lt
    ExpressionLtInclusive "expression-lt-inclusive" "`$lt` of an expression includes the bound.";
    // breaks: expression $gt
    ExpressionGtInverted "expression-gt-inverted" "`$gt` of an expression returns what is less.";
    // breaks: SCN-SR-03 each member satisfies both
    ConjunctionAcrossHousehold "conjunction-across-household"
        "The parts of a conjunction may be satisfied by different people of one household.";
    // breaks: SearchRequest response_entity
    ResponseEntityIgnored "response-entity-ignored"
        "response_entity is ignored: persons are returned although groups were asked for.";
    // breaks: response_entity Group of the person asked for
    NeighbouringGroupReturned "neighbouring-group-returned"
        "Where groups are asked for, the household after the right one is returned.";
    // breaks: SCN-SR unknown attribute is refused
    UnknownAttributeMatchesAll "unknown-attribute-matches-all"
        "A condition on an attribute the registry does not know is taken as satisfied by everyone.";
    // breaks: SCN-SYNC-01 every record satisfies the query, in a batch as well
    StrangerInBatch "stranger-in-batch"
        "In a batch every result that holds somebody also holds somebody else.";
    // breaks: SCN-SYNC-01 the person asked for is the person returned
    RelativeReturned "relative-returned"
        "A search by identifier also returns another person, whose record names the one asked for as husband or wife.";
    // breaks: SCN-SYNC-01 one record
    PersonTwiceAltered "person-twice-altered"
        "A search by identifier returns the person twice, the second time under another surname.";
    // breaks: SCN-SYNC-02 every query type finds the same
    PredicateFindsOneOnly "predicate-finds-one-only"
        "A predicate that several people satisfy finds the first person of the registry alone, where that is one of them.";
    // breaks: envelope.md#11 total_count
    TotalInvented "total-invented"
        "The answer to a search that asks for no page counts thousands of records.";
    // breaks: envelope.md#11 total_count
    TotalOfNobody "total-of-nobody"
        "Where nobody is found and no page was asked for, thousands of records are counted.";
    // breaks: envelope.md#10 correlation_id unique in the processing system
    CorrelationIdsInTurn "correlation-ids-in-turn"
        "Searches answered in the call share twenty correlation ids in turn.";
}
"sort-and-paging" {
    // breaks: sort is obeyed where it is accepted
    SortIgnored "sort-ignored" "`sort` is accepted and ignored.";
    // breaks: sort_order desc
    DescendingAsAscending "descending-as-ascending" "sort_order `desc` gives ascending order.";
    // breaks: sort orders the whole result, not a page
    SortWithinPageOnly "sort-within-page-only"
        "Only the records of each page are sorted among themselves, not the whole result.";
    // breaks: sort of dates and numbers by value
    SortByDayOfMonth "sort-by-day-of-month"
        "Dates are sorted by the day of the month first, as if written day first; numbers as texts.";
    // breaks: sort by the attribute named
    SortByRegistrationOnly "sort-by-registration-only"
        "Sorting always uses the date of registration, whatever attribute was named.";
    // breaks: rjct.sort.invalid, SCN-SYNC-02
    UnknownSortAccepted "unknown-sort-accepted"
        "A sort attribute the registry does not know is accepted silently.";
    // breaks: V-PAGE2 no item of page 1
    PageTwoRepeatsPageOne "page-two-repeats-page-one" "Page 2 holds the records of page 1.";
    // breaks: pages are disjoint
    PagesOverlapByOne "pages-overlap-by-one"
        "Every page after the first begins with the last record of the page before.";
    // breaks: pages partition the result
    LastRecordOfPageLost "last-record-of-page-lost"
        "The last record of every full page is left out.";
    // breaks: pages partition the result
    LastPageEmpty "last-page-empty"
        "The last page is empty although total_count counts its records, when there is more than one page.";
    // breaks: pages partition the result
    PagesShuffled "pages-shuffled"
        "Without `sort`, the order of the result changes from request to request, so that pages do not fit together.";
    // breaks: page counting starts at 1
    PagesCountedFromZero "pages-counted-from-zero" "page_number 1 gives the second page.";
    // breaks: at most page_size records
    PageSizeIgnored "page-size-ignored" "page_size is ignored: every page holds the whole result.";
    // breaks: at most page_size records (subtle)
    PageOneTooMany "page-one-too-many" "A page holds one record more than page_size.";
    // breaks: pagination.total_count
    TotalIsPageLength "total-is-page-length"
        "pagination.total_count is the number of records on the page.";
    // breaks: V-PAGE2 total_count stable
    TotalGrowsWithPage "total-grows-with-page"
        "pagination.total_count grows by one with every page.";
    // breaks: pagination numbers are numbers
    PaginationAsText "pagination-as-text"
        "page_size, page_number and total_count of the answer are texts.";
    // breaks: V-PAGE2 the answer tells its page (inferred: pagination is optional in the schema)
    PaginationLeftOut "pagination-left-out" "Answers do not say which page they are, nor of how many records.";
    // breaks: V-PAGE2 pagination.page_number 2
    PageNumberNotEchoed "page-number-not-echoed" "pagination.page_number of the answer is always 1.";
    // breaks: page_size echoed
    PageSizeNotEchoed "page-size-not-echoed" "pagination.page_size of the answer is always 20.";
    // breaks: envelope.md#11 sort is a list
    SecondSortKeyIgnored "second-sort-key-ignored" "Of several attributes to sort by only the first counts.";
    // breaks: V-PAGE2 no record on two pages
    LaterPagesRepeat "later-pages-repeat" "Page 3 holds the records of page 2.";
    // breaks: V-PAGEEND
    PastTheEndWraps "past-the-end-wraps" "A page past the end holds the records of page 1.";
    // breaks: V-PAGEBAD
    BadPageSizeReturnsAll "bad-page-size-returns-all"
        "A page_size of zero or less returns the whole registry.";
}
"records-and-codes" {
    // breaks: data objects: data.reg_record_type names what the records are
    RecordTypeMislabelled "record-type-mislabelled"
        "reg_record_type says Group where the records are persons and Person where they are groups.";
    // breaks: SearchResponse data.reg_records required
    RecordsMissing "records-missing" "data of a successful item has no reg_records.";
    // breaks: SearchResponse reg_records[] are objects
    RecordsNested "records-nested" "Each record is wrapped in a list of its own.";
    // breaks: codes/common.yaml sex
    SexCodeUnlisted "sex-code-unlisted" "sex is `F` or `M`, which is not in the code list.";
    // breaks: formats.md code is a string
    SexAsNumber "sex-as-number" "sex is a JSON number.";
    // breaks: SCN-EXC-03 absent, not empty
    EmptyCode "empty-code" "sex, marital_status and education_level are empty texts.";
    // breaks: formats.md F-DATE
    DateWithDots "date-with-dots" "birth_date is written dd.mm.yyyy.";
    // breaks: formats.md F-DATE calendar
    DateImpossible "date-impossible" "birth_date is the 30th of February of the right year.";
    // breaks: formats.md F-IDENTIFIER JSON number
    IdentifierAsNumber "identifier-as-number" "identifier_value is a JSON number without the letters.";
    // breaks: formats.md F-IDENTIFIER leading or trailing blank
    IdentifierPadded "identifier-padded" "identifier_value ends with two blanks.";
    // breaks: objects/common.yaml Identifier, data errata E-22
    IdentifierMembersRenamed "identifier-members-renamed"
        "Identifiers in records have the members `type` and `value`.";
    // breaks: objects/common.yaml Person.name is an object
    NameAsText "name-as-text" "name is one text instead of an object.";
    // breaks: formats.md F-PHONE
    PhoneWithoutPlus "phone-without-plus" "phone_number is national: no plus sign and no country code.";
    // breaks: formats.md F-COUNTRY
    CountryAsName "country-as-name" "country_code holds the country's name.";
    // breaks: formats.md F-DATETIME offset
    RegistrationWithoutZone "registration-without-zone"
        "registration_date and last_updated of records have no zone offset.";
    // breaks: formats.md F-BOOLEAN
    BooleanAsDigit "boolean-as-digit" "self_id_disability is the text `2`.";
    // breaks: formats.md F-DECIMAL
    DecimalComma "decimal-comma" "poverty_score is a text with a decimal comma.";
    // breaks: rules.md R-GEO-01
    LatitudeOutOfRange "latitude-out-of-range" "The latitude of places is greater than 100.";
    // breaks: rules.md R-GRP-01
    GroupSizeWrong "group-size-wrong" "group_size is one more than the members listed.";
}
"callbacks" {
    // breaks: SCN-ASYNC-01 exactly one callback
    BatchCallbackTwice "batch-callback-twice"
        "The results of a batch are sent twice, in two messages.";
    // breaks: SearchResponse reg_record_type
    CallbackMislabelled "callback-mislabelled"
        "Results sent later call persons groups and groups persons.";
    // breaks: V-NEVER, envelope.md#9
    CallbackMissing "callback-missing" "After ACK to a search no callback is ever sent.";
    // breaks: SCN-ASYNC-01 exactly one
    CallbackTwice "callback-twice" "Every on-search callback is sent twice, under two message ids.";
    // breaks: deadlines; V-LATE
    CallbackLate "callback-late" "on-search callbacks are sent twenty seconds after the acknowledgement.";
    // breaks: envelope.md#9 callback goes to sender_uri
    CallbackToWrongPath "callback-to-wrong-path"
        "Callbacks go to the path /lost of the host of sender_uri.";
    // breaks: envelope.md#9 sender_uri of this request
    CallbackAddressRemembered "callback-address-remembered"
        "Callbacks go to the first sender_uri the sender ever gave.";
    // breaks: envelope.md#1 every callback request is one object
    CallbackBrokenBeside "callback-broken-beside"
        "With every callback and notification the first half of it is sent to the same address, too.";
    // breaks: envelope.md#1 header is required in every callback request
    CallbackEmptyBeside "callback-empty-beside"
        "With every callback and notification an empty object is sent to the same address, too.";
    // breaks: envelope.md#9 callback is a POST
    CallbackWithPut "callback-with-put" "Callbacks are sent with the method PUT.";
    // breaks: envelope.md#9 callback goes to sender_uri, or to it with its own path appended; errata E-26
    CallbackToPathOfAnother "callback-to-path-of-another"
        "Callbacks go to sender_uri with the path of another callback appended.";
    // breaks: envelope.md#1 every callback request is one JSON object
    CallbackCut "callback-cut" "Callbacks lack their last byte.";
    // breaks: SCN-ASYNC-02 content of its own transaction
    CallbackOfOtherTransaction "callback-of-other-transaction"
        "A callback carries its own ids but the result of the search before it.";
    // breaks: SCN-ASYNC-02 ten open transactions, no loss
    CallbackLostUnderLoad "callback-lost-under-load"
        "When more than six searches arrive within a second, the callbacks of the others are lost.";
    // breaks: envelope.md#6 ERR: no callback
    CallbackAfterRefusal "callback-after-refusal"
        "A request refused with ERR is nevertheless followed by a callback.";
    // breaks: envelope.md#6 NACK: no callback
    NackYetCallback "nack-yet-callback" "Async search is answered NACK and yet followed by a callback.";
    // breaks: envelope.md#9 callback brings the result
    CallbackOnlySaysReceived "callback-only-says-received"
        "The only callback has status rcvd and no records.";
    // breaks: envelope.md#9 one page, one callback
    CallbackRecordsCut "callback-records-cut"
        "Callbacks hold one record at most, although more are counted and the page asked for has room.";
    // breaks: SCN-ASYNC-01 listener failing once (inferred)
    CallbackNotRetried "callback-not-retried"
        "A callback that the receiver answered with HTTP 500 is not sent again.";
    // breaks: SCN-ASYNC-01 no endless retry (inferred)
    CallbackRepeatedAfterError "callback-repeated-after-error"
        "A callback acknowledged with ERR is sent again ten times.";
    // breaks: V-URI unreachable: others unaffected
    DeadAddressStopsCallbacks "dead-address-stops-callbacks"
        "After one unreachable sender_uri no callback is delivered to anyone.";
    // breaks: V-PARTIAL in the async path
    CallbackDropsRefusedItems "callback-drops-refused-items"
        "Callbacks leave out the items that were refused.";
    // breaks: envelope.md#9 the answer sent later is that of the call
    CallbackExpressionIgnored "callback-expression-ignored"
        "Results sent later for an expression hold everybody, whatever its conditions.";
    // breaks: V-PAGE2 no record on two pages
    CallbackPagesRepeat "callback-pages-repeat" "A later page that is sent later holds the records of page 1.";
}
"subscriptions" {
    // breaks: NotifyEventRequest reg_record_type
    NotifyMislabelled "notify-mislabelled"
        "Notifications call persons groups and groups persons.";
    // breaks: envelope.md#6 NACK: no callback
    NackYetReport "nack-yet-report"
        "Subscriptions, their ends and questions for a state are answered NACK and yet reported.";
    // breaks: SCN-PUBSUB-01 step 6
    NotifyWithoutMatch "notify-without-match"
        "Every subscriber is notified of every event, whether or not the filter matches.";
    // breaks: SCN-PUBSUB-01 step 4
    NotifyMissing "notify-missing" "No notification is ever sent.";
    // breaks: SCN-PUBSUB-01 step 9
    NotifyAfterUnsubscribe "notify-after-unsubscribe" "Notifications go on after unsubscribe.";
    // breaks: SCN-PUBSUB-01 step 4 exactly once
    NotifyTwice "notify-twice" "Every notification is sent twice.";
    // breaks: SCN-PUBSUB-01 step 4 event type as subscribed
    NotifyWrongEventType "notify-wrong-event-type"
        "Notifications name the event NewHouseHoldMember where REGISTER was subscribed.";
    // breaks: SCN-PUBSUB-01 step 4 the person of the event
    NotifyWrongPerson "notify-wrong-person" "Notifications carry the record of the next person.";
    // breaks: SCN-SR-05 the new value
    NotifyOldValue "notify-old-value"
        "Notifications carry the record as it was before the change.";
    // breaks: NotifyEventRequest data.reg_records required
    NotifyWithoutRecord "notify-without-record" "Notifications have no reg_records.";
    // breaks: NotifyEventRequest data.reg_record_type required
    NotifyWithoutRecordType "notify-without-record-type" "Notifications have no reg_record_type.";
    // breaks: envelope.md#5 action of the path
    NotifyActionOfSubscribe "notify-action-of-subscribe" "Notifications carry the action subscribe.";
    // breaks: envelope.md#3 total_count and completed_count (inferred)
    NotifyCountsWrong "notify-counts-wrong"
        "The header of notifications counts seven events, all finished, where the message holds one.";
    // breaks: SCN-PUBSUB-03 two subscribers, both get it
    OnlyFirstSubscriberNotified "only-first-subscriber-notified"
        "Of several subscriptions that match an event, only the oldest is notified.";
    // breaks: SCN-PUBSUB-03 end_time passed
    ExpiredSubscriptionNotifies "expired-subscription-notifies"
        "A subscription whose end_time has passed is still notified.";
    // breaks: SubscriptionInfo.code not empty
    SubscriptionCodeEmpty "subscription-code-empty" "The code of every subscription is an empty text.";
    // breaks: SubscriptionInfo.code maxLength 99
    SubscriptionCodeTooLong "subscription-code-too-long" "Subscription codes have 120 characters.";
    // breaks: a code names one subscription
    SubscriptionCodeShared "subscription-code-shared" "All subscriptions of a sender get the same code.";
    // breaks: SubscriptionInfo.status
    SubscriptionStatusEnded "subscription-status-ended"
        "on-subscribe reports new subscriptions with status `unsubscribe`.";
    // breaks: on-subscribe names the subscription made
    SubscriptionNotDescribed "subscription-not-described"
        "on-subscribe says succ and has no subscriptions member.";
    // breaks: rjct.event.already_subscribed
    SameSubscriptionTwice "same-subscription-twice"
        "The same subscription is accepted again, under a second code.";
    // breaks: rjct.notify_types.invalid
    UnknownEventTypeAccepted "unknown-event-type-accepted"
        "A subscription to an event type that does not exist is accepted.";
    // breaks: rjct.person_id.invalid
    UnknownPersonSubscribed "unknown-person-subscribed"
        "A subscription for a person the registry does not know is accepted.";
    // breaks: SCN-PUBSUB-02 frequency with end before start
    BadFrequencyAccepted "bad-frequency-accepted"
        "A frequency whose end_time lies before its start_time is accepted.";
    // breaks: rjct.requester.invalid
    ForeignUnsubscribeAccepted "foreign-unsubscribe-accepted"
        "Anyone can end anyone's subscription.";
    // breaks: rjct.subscription_code.invalid
    UnknownCodeUnsubscribed "unknown-code-unsubscribed"
        "Unsubscribing a code that does not exist succeeds.";
    // breaks: rjct.event.already_unsubscribed
    UnsubscribedTwice "unsubscribed-twice" "Unsubscribing the same code again succeeds.";
    // breaks: UnSubscribeResponse.subscription_status
    UnsubscribeStatusMissing "unsubscribe-status-missing"
        "on-unsubscribe says succ and has no subscription_status.";
    // breaks: UnSubscribeResponse.status
    UnsubscribeReportedRefused "unsubscribe-reported-refused"
        "on-unsubscribe says rjct although the subscription has ended.";
    // breaks: envelope.md#10 transaction_id unchanged
    UnsubscribeTransactionIdChanged "unsubscribe-transaction-id-changed"
        "on-unsubscribe carries another transaction_id than the request.";
    // breaks: PAT.PUBSUB the end of a subscription is reported
    UnsubscribeUnreported "unsubscribe-unreported"
        "The end of a subscription is acknowledged and never reported by on-unsubscribe.";
    // breaks: SCN-PUBSUB-01 step 6
    NotifyOtherBeside "notify-other-beside"
        "Each notification holds a second event, with the record of somebody else.";
    // breaks: SCN-PUBSUB-01 step 6
    EventTypeIgnored "event-type-ignored"
        "Subscribers are told of every event, whatever event type they subscribed to.";
    // breaks: UnSubscribeResponse.subscription_status
    UnsubscribeContradictsItself "unsubscribe-contradicts-itself"
        "on-unsubscribe names each code twice: as ended, and as still subscribed.";
    // breaks: UnSubscribeResponse.subscription_status
    UnsubscribeOtherCode "unsubscribe-other-code" "on-unsubscribe names other codes as ended than it was asked to end.";
    // breaks: SubscriptionInfo
    SubscriptionMisdescribed "subscription-misdescribed"
        "on-subscribe describes a subscription to another event, for another person.";
    // breaks: SCN-PUBSUB-01 step 6
    PredicateFilterIgnored "predicate-filter-ignored"
        "Who subscribed by a predicate is told of every event, whether or not it fits.";
    // breaks: SCN-PUBSUB-02 the owner still gets events
    ForeignUnsubscribeCarriedOut "foreign-unsubscribe-carried-out"
        "Whoever wants to end the subscription of somebody else is refused, and it has ended.";
    // breaks: SCN-PUBSUB-01 step 4
    UnsubscribeEndsAll "unsubscribe-ends-all" "With one subscription all others of the same sender end.";
}
"transaction-status" {
    // breaks: SCN-STATUS-01 embedded response equals the original
    StatusOfOtherTransaction "status-of-other-transaction"
        "The status of a known transaction holds the response of the one before it.";
    // breaks: SCN-STATUS-01 unknown transaction
    StatusOfUnknownTransaction "status-of-unknown-transaction"
        "The status of a transaction that never was holds the latest response that found somebody.";
    // breaks: SCN-STATUS-01 embedded response equals the original
    StatusWithoutRecords "status-without-records"
        "The response embedded in a transaction status has lost its records.";
    // breaks: SCN-STATUS-01 txn_type as asked
    StatusTypeWrong "status-type-wrong" "txn_type of the answer is always receipt.";
    // breaks: SCN-STATUS-01 status must tell the outcome
    StatusPendingForever "status-pending-forever"
        "Every item of a finished transaction is reported as pdng.";
    // breaks: TxnStatusRequest attribute_type correlation_id
    StatusByCorrelationUnknown "status-by-correlation-unknown"
        "A transaction asked for by its correlation_id is reported as unknown.";
    // breaks: TxnStatusRequest attribute_type reference_id_list
    StatusByReferenceUnknown "status-by-reference-unknown"
        "A transaction asked for by its reference ids is reported as unknown.";
    // breaks: TxnStatusResponse txn_status is an object
    StatusAsWord "status-as-word" "txn_status is the word `succ` instead of the response.";
    // breaks: envelope.md#6 ACK promises a callback
    StatusUnreported "status-unreported"
        "A transaction status asked for later is acknowledged and never sent.";
    // breaks: SCN-STATUS-01 asked for in async form
    StatusNotAcknowledged "status-not-acknowledged"
        "A sound request for a transaction status to be sent later is answered NACK, and nothing follows.";
    // breaks: envelope.md#10 transaction_id unchanged
    StatusTransactionIdChanged "status-transaction-id-changed"
        "The answer to a transaction status request carries another transaction_id than the request.";
    // breaks: SCN-STATUS-01 embedded response equals the original
    StatusCorrelationIdChanged "status-correlation-id-changed"
        "The response embedded in a transaction status has another correlation_id than when it was answered.";
    // breaks: SCN-STATUS-01 embedded response equals the original
    StatusPageDataWrong "status-page-data-wrong"
        "The response embedded in a transaction status counts more records in all, on another page.";
    // breaks: SCN-STATUS-01 embedded response equals the original
    StatusHoldsOtherBeside "status-holds-other-beside"
        "The response embedded in a transaction status holds an item of another transaction as well.";
    // breaks: SCN-STATUS-01 embedded response equals the original
    StatusByReferenceMisnamed "status-by-reference-misnamed"
        "The response embedded in a transaction status, asked for by reference ids, has another transaction_id.";
}
"request-checks" {
    // breaks: SCN-SEC-01 refusals hold nobody's data
    RefusalWithRecords "refusal-with-records"
        "A search refused by the status of its header holds the record of a person.";
    // breaks: V-MALFORMED
    MalformedJsonAccepted "malformed-json-accepted" "A body that is not JSON is acknowledged with ACK, or answered with an empty result.";
    // breaks: V-MALFORMED not an envelope
    NoEnvelopeAccepted "no-envelope-accepted" "JSON without header or message is acknowledged with ACK, or answered with an empty result.";
    // breaks: required of the request schemas
    RequiredNotChecked "required-not-checked" "Requests that lack a required member are accepted.";
    // breaks: type of the request schemas
    TypeNotChecked "type-not-checked" "Requests with members of a wrong type are accepted.";
    // breaks: enum of the request schemas
    EnumNotChecked "enum-not-checked" "Requests with values outside a list are accepted.";
    // breaks: format date-time
    DateTimeNotChecked "date-time-not-checked" "Requests with malformed date-times are accepted.";
    // breaks: maxLength
    LengthNotChecked "length-not-checked" "Requests with texts that are too long are accepted.";
    // breaks: pattern of locale
    LocaleNotChecked "locale-not-checked" "Requests with any locale are accepted.";
    // breaks: schema of every item of a batch
    OnlyFirstItemChecked "only-first-item-checked"
        "Only the first item of a batch is checked; broken items after it are answered as if sound.";
    // breaks: V-ACTION
    ActionNotChecked "action-not-checked" "header.action may be anything.";
    // breaks: V-VERSION
    VersionNotChecked "version-not-checked" "header.version may be anything.";
    // breaks: V-RECEIVER
    ReceiverNotChecked "receiver-not-checked" "Messages addressed to another receiver_id are processed.";
    // breaks: V-URI malformed
    SenderUriNotChecked "sender-uri-not-checked"
        "Async requests whose sender_uri is not a web address are acknowledged with ACK.";
    // breaks: V-COUNT
    TotalCountNotChecked "total-count-not-checked" "header.total_count need not match the items.";
    // breaks: V-DUPREQ
    DuplicateMessageProcessed "duplicate-message-processed"
        "A message sent again is processed again, with a new correlation_id and another callback.";
    // breaks: V-DUPREF
    DuplicateReferenceAccepted "duplicate-reference-accepted"
        "Two items of a batch may share a reference_id.";
    // breaks: V-TS far past and far future
    MessageAgeNotChecked "message-age-not-checked"
        "A message_ts ten years old or in the future is accepted.";
    // breaks: V-METHOD
    GetAnswered "get-answered" "GET on a search path answers 200 with records.";
    // breaks: envelope.md#1 content type application/json
    ContentTypeNotChecked "content-type-not-checked" "Requests with any content type are processed.";
    // breaks: envelope.md#1 unknown members are legal
    UnknownMemberRefused "unknown-member-refused" "Requests with an extra member in header or message are refused.";
    // breaks: envelope.md#1 signature optional
    SignatureDemanded "signature-demanded" "Requests without a signature member are refused.";
    // breaks: V-PARTIAL
    OneBadItemRejectsAll "one-bad-item-rejects-all"
        "One refused item makes every item of the batch refused.";
}
"authorisation" {
    // breaks: V-NOAUTH
    NoTokenAccepted "no-token-accepted" "Requests without a token are served.";
    // breaks: V-BADAUTH
    AnyTokenAccepted "any-token-accepted" "Any bearer token is accepted.";
    // breaks: V-BADAUTH scheme
    AnySchemeAccepted "any-scheme-accepted" "The token is accepted under any scheme, such as Basic.";
    // breaks: V-BADAUTH altered token
    TokenBeginningCompared "token-beginning-compared" "A token counts as right where it begins as the right one does.";
    // breaks: V-BADAUTH malformed
    MalformedTokenAccepted "malformed-token-accepted"
        "An Authorization header that is no `Bearer TOKEN` pair is accepted.";
    // breaks: security.md#8 every data endpoint
    OneEndpointOpen "one-endpoint-open" "The transaction status endpoints need no token.";
    // breaks: SCN-SEC-01 right credentials
    RightTokenRefused "right-token-refused" "The right token is answered with 403 on the subscribe endpoint.";
    // breaks: V-NOAUTH no data in the body
    RefusedWithData "refused-with-data" "401 answers carry the record of a person.";
    // breaks: V-NOAUTH a refusal has no effect
    RefusedYetProcessed "refused-yet-processed"
        "A request without a right token is answered 401 and its callback is sent all the same.";
    // breaks: V-NOAUTH a refusal has no effect
    RefusedYetSubscribed "refused-yet-subscribed"
        "A subscription without a right token is answered 401 and made all the same, without a report.";
    // breaks: V-NOAUTH refusal
    UnauthorisedAnsweredEmpty "unauthorised-answered-empty"
        "Requests without a right token are answered 200, as a success without records or an ACK without callback.";
    // breaks: envelope.md#7 HttpErrorResponse.errors, errata E-24
    RefusalErrorsAsText "refusal-errors-as-text" "In 401 answers `errors` is a text.";
    // breaks: envelope.md#7 HttpErrorResponse.errors[].code is a string
    RefusalCodeAsNumber "refusal-code-as-number" "In 401 answers the code of the error is a JSON number.";
    // breaks: security.md#8 no secret in an answer
    RefusalRepeatsToken "refusal-repeats-token" "401 answers repeat the Authorization header they were sent.";
}
"hygiene-and-hostility" {
    // breaks: envelope.md#7 sync is answered
    ConnectionDropped "connection-dropped" "Sync search closes the connection without an answer.";
    // breaks: envelope.md#7 sync is answered
    AnswerHangs "answer-hangs" "Sync search reads the request and never answers.";
    // breaks: an answer ends
    AnswerFloods "answer-floods" "Sync search answers with a body that does not end.";
    // breaks: an answer comes in reasonable time
    AnswerTrickles "answer-trickles" "Sync search answers one byte in every quarter of a second.";
    // breaks: RFC 9110 content length
    LengthTooLong "length-too-long"
        "Sync search declares more bytes than it sends and closes the connection.";
    // breaks: JSON content type and body
    LengthTooShort "length-too-short" "Sync search declares half of its bytes, so that the JSON is cut.";
    // breaks: JSON is UTF-8
    InvalidUtf8 "invalid-utf8" "Sync search answers with bytes that are not UTF-8.";
    // breaks: bounded nesting
    NestedDeep "nested-deep" "Sync search answers with ten thousand nested lists in header.meta, the outermost never closed.";
    // breaks: bounded size
    GzipBomb "gzip-bomb" "Sync search answers with a small gzip body that unpacks to two hundred megabytes.";
    // breaks: published paths answer themselves
    Redirects "redirects" "Sync search answers 307 with a Location on another host.";
    // breaks: envelope.md#7 JSON content type
    ContentTypeHtml "content-type-html" "JSON answers are labelled text/html.";
    // breaks: envelope.md#1 JSON content type
    ContentTypeNearlyJson "content-type-nearly-json" "JSON answers are labelled application/json-seq, which is another format.";
    // breaks: envelope.md#7 200 for a sync result
    ResultWithStatus500 "result-with-status-500" "Sync search answers its right result with HTTP status 500.";
    // breaks: 5xx is never a refusal
    ServerErrorOnClientMistake "server-error-on-client-mistake"
        "A request that cannot be processed is answered with HTTP 500.";
    // breaks: hygiene of error text
    StackTraceInError "stack-trace-in-error" "Error texts contain a stack trace.";
    // breaks: hygiene of error text
    MarkupInError "markup-in-error" "Error texts contain a script element.";
    // breaks: hygiene of error text
    ControlCodesInError "control-codes-in-error" "Error texts contain terminal control codes.";
    // breaks: SCN-SEC-01 error bodies hold no personal data
    PersonalDataInError "personal-data-in-error" "Error texts and reason messages name a person of the registry.";
}
}

/// Every fault there is, area by area.
pub fn faults() -> &'static [FaultInfo] {
    FAULTS
}

impl Fault {
    /// The fault of that name.
    pub fn by_name(name: &str) -> Option<Fault> {
        FAULTS.iter().find(|info| info.name == name).map(|info| info.fault)
    }

    /// What is known about it.
    pub fn info(self) -> &'static FaultInfo {
        &FAULTS[self as usize] // the table is declared in the order of the enum
    }
}

/// The faults switched on.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultSet(Vec<Fault>);

impl FaultSet {
    pub(crate) fn new(faults: &[Fault]) -> FaultSet {
        FaultSet(faults.to_vec())
    }

    /// True when nothing is switched on.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when that fault is switched on.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn names_are_unique_and_titles_are_sentences() {
        let names: BTreeSet<_> = faults().iter().map(|info| info.name).collect();
        assert_eq!(names.len(), faults().len());
        for info in faults() {
            assert!(info.title.ends_with('.'), "{}", info.name);
            assert!(
                info.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{}",
                info.name
            );
            assert_eq!(Fault::by_name(info.name), Some(info.fault));
            assert_eq!(info.fault.info().name, info.name);
        }
    }

    #[test]
    fn every_area_has_its_number_of_faults() {
        let least = [
            ("ids", 10),
            ("envelope-and-acknowledgement", 14),
            ("query-meaning", 20),
            ("sort-and-paging", 16),
            ("records-and-codes", 12),
            ("callbacks", 14),
            ("subscriptions", 14),
            ("transaction-status", 6),
            ("request-checks", 14),
            ("authorisation", 8),
            ("hygiene-and-hostility", 8),
        ];
        let mut counts = BTreeMap::new();
        for info in faults() {
            *counts.entry(info.area).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), least.len());
        for (area, number) in least {
            assert!(counts.get(area).is_some_and(|count| *count >= number), "{area}: {counts:?}");
        }
    }
}
