//! Defects of single values: formats, shapes, codes, and the JSON itself.

use super::defects::Edit::{self, *};
use super::defects::{Anchor, Defect};

const fn defect(
    name: &'static str,
    from: Anchor,
    pointer: &'static str,
    rule: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    Defect { name, from, pointer, rule, what, edits }
}

const fn person(
    name: &'static str,
    pointer: &'static str,
    rule: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    defect(name, Anchor::Person, pointer, rule, what, edits)
}

const fn member(
    name: &'static str,
    pointer: &'static str,
    rule: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    defect(name, Anchor::Member, pointer, rule, what, edits)
}

const fn record(
    name: &'static str,
    pointer: &'static str,
    rule: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    defect(name, Anchor::Record, pointer, rule, what, edits)
}

#[rustfmt::skip] // a table
pub(super) static DEFECTS: &[Defect] = &[
    // Formats
    person("date-written-with-dots", "/birth_date", "DT-FORMAT", "day, month and year with dots", &[Set("/birth_date", "\"21.05.1984\"")]),
    person("date-not-on-calendar", "/birth_date", "DT-CALENDAR", "the 30th of February", &[Set("/birth_date", "\"1984-02-30\"")]),
    person("date-12-hour", "/birth_date", "DT-12H", "a date with a time of 12 hours", &[Set("/birth_date", "\"1984-05-02T10:30:00 AM\"")]),
    record("time-without-offset", "/registration_date", "DT-NO-OFFSET", "a local time", &[Set("/registration_date", "\"2021-03-14T08:00:00\"")]),
    record("time-date-only", "/registration_date", "DT-DATE-ONLY", "a date where a time is due", &[Set("/registration_date", "\"2021-03-14\"")]),
    record("time-12-hour", "/last_updated", "DT-12H", "a time of 12 hours", &[Set("/last_updated", "\"2025-02-14T08:00:00 PM\"")]),
    record("time-not-on-calendar", "/last_updated", "DT-CALENDAR", "the 31st of April", &[Set("/last_updated", "\"2025-04-31T08:00:00Z\"")]),
    record("time-in-words", "/last_updated", "DT-FORMAT", "yesterday", &[Set("/last_updated", "\"yesterday\"")]),
    person("phone-national", "/phone_number/0", "PHONE-E164", "a number without its country", &[Set("/phone_number/0", "\"07700 900123\"")]),
    person("phone-short", "/phone_number/0", "PHONE-SHORT", "an international number of five digits", &[Set("/phone_number/0", "\"+44123\"")]),
    person("phone-number-as-number", "/phone_number/0", "TYPE-NUMBER-FOR-TEXT", "a telephone number as JSON number", &[Set("/phone_number/0", "447700900123")]),
    person("email-without-at", "/email/0", "EMAIL-FORMAT", "an address without @", &[Set("/email/0", "\"post.barua.example\"")]),
    person("email-unusual", "/email/0", "EMAIL-UNUSUAL", "an address with a letter outside ASCII", &[Set("/email/0", "\"josé@correo.example\"")]),
    person("plus-code-short", "/address/0/geo_location/plus_code/global_code", "PLUSCODE-FORMAT", "a code that is no global one", &[Set("/address/0/geo_location/plus_code/global_code", "\"9G8F+6X\"")]),
    record("latitude-out-of-range", "/place/geo/latitude", "RANGE", "a latitude above 90", &[Set("/place/geo/latitude", "100.02")]),
    record("longitude-out-of-range", "/place/geo/longitude", "RANGE", "a longitude above 180", &[Set("/place/geo/longitude", "190.5")]),
    record("latitude-as-text", "/place/geo/latitude", "TYPE-STRING-NUMBER", "a latitude as text", &[Around("/place/geo/latitude", "\"", "\"")]),
    record("birth-place-out-of-range", "/birth_place/geo/latitude", "RANGE", "a latitude below -90", &[Set("/birth_place/geo/latitude", "-93.1")]),
    record("farm-out-of-range", "/farm_details/0/location/geo/longitude", "RANGE", "a longitude above 180", &[Set("/farm_details/0/location/geo/longitude", "222.25")]),
    person("identifier-as-number", "/identifier/0/identifier_value", "TYPE", "an identifier as JSON number", &[Bare("/identifier/0/identifier_value")]),
    person("identifier-with-blank", "/identifier/0/identifier_value", "IDENTIFIER-FORMAT", "an identifier that starts with a blank", &[Prefix("/identifier/0/identifier_value", " ")]),
    person("postal-code-unusual", "/address/0/postal_code", "POSTAL-FORMAT", "a postal code of signs", &[Set("/address/0/postal_code", "\"#40/100\"")]),
    person("postal-code-as-number", "/address/0/postal_code", "TYPE", "a postal code as JSON number", &[Set("/address/0/postal_code", "40100")]),
    record("score-decimal-comma", "/poverty_score", "NUMBER-FORMAT", "a number with a decimal comma", &[Set("/poverty_score", "\"34,7\"")]),
    record("score-as-text", "/poverty_score", "TYPE-STRING-NUMBER", "a number as text", &[Around("/poverty_score", "\"", "\"")]),
    record("size-with-fraction", "/group_size", "INTEGER-FORMAT", "three and a half people", &[Set("/group_size", "3.5")]),
    record("land-size-decimal-comma", "/farm_details/0/land_size", "NUMBER-FORMAT", "a number with a decimal comma", &[Set("/farm_details/0/land_size", "\"2,5\"")]),
    member("boolean-two", "/self_id_disability", "BOOLEAN-VALUE", "the text 2 for yes or no", &[Set("/self_id_disability", "\"2\"")]),
    member("boolean-as-text", "/self_id_disability", "TYPE-STRING-BOOLEAN", "yes or no as text", &[Around("/self_id_disability", "\"", "\"")]),
    member("language-by-name", "/language_code/0", "LANG-FORMAT", "a language by its name", &[Set("/language_code/0", "\"Swahili\"")]),
    member("language-two-letters", "/language_code/0", "LANG-TWO-LETTERS", "a language by two letters", &[Set("/language_code/0", "\"sw\"")]),
    record("money-without-currency", "/benefits/0/benefit_value", "MONEY-NO-CURRENCY", "an amount without its currency", &[Set("/benefits/0/benefit_value", "\"250\"")]),
    record("money-number-first", "/benefits/0/benefit_value", "MONEY-ORDER", "an amount before its currency", &[Set("/benefits/0/benefit_value", "\"250 USD\"")]),
    record("money-of-no-currency", "/benefits/0/benefit_value", "MONEY-FORMAT", "a currency that is none", &[Set("/benefits/0/benefit_value", "\"QQQ 250\"")]),
    record("recurrence-case", "/programme_identifier/0/benefit_frequency/0/freq", "VALUE-CASE", "a frequency in small letters", &[Set("/programme_identifier/0/benefit_frequency/0/freq", "\"Monthly\"")]),
    record("recurrence-unknown", "/programme_identifier/0/benefit_frequency/0/freq", "RECURRENCE-FORMAT", "a frequency that is none", &[Set("/programme_identifier/0/benefit_frequency/0/freq", "\"FORTNIGHTLY\"")]),
    record("biometric-not-encoded", "/biometric_data/0/data", "BINARY-FORMAT", "neither base64 nor hexadecimal", &[Set("/biometric_data/0/data", "\"?not encoded?\"")]),
    // Shapes
    record("unknown-member", "/favourite_colour", "PROP-UNKNOWN", "a member the standard does not have", &[Add("", "favourite_colour", "\"blue\"")]),
    person("alias-gender", "/gender", "PROP-ALIAS", "gender for sex", &[Rename("/sex", "gender")]),
    person("alias-date-of-birth", "/date_of_birth", "PROP-ALIAS", "date_of_birth for birth_date", &[Rename("/birth_date", "date_of_birth")]),
    person("alias-first-name", "/name/first_name", "PROP-ALIAS", "first_name for given_name", &[Rename("/name/given_name", "first_name")]),
    person("alias-identifier-value", "/identifier/0/value", "PROP-ALIAS", "value for identifier_value", &[Rename("/identifier/0/identifier_value", "value")]),
    person("alias-address-line", "/address/0/address_line1", "PROP-ALIAS", "address_line1 for address_line_1", &[Rename("/address/0/address_line_1", "address_line1")]),
    record("alias-last-update", "/last_update", "PROP-ALIAS", "last_update for last_updated", &[Lacks("/farm_type"), Lacks("/disability_status"), Rename("/last_updated", "last_update")]),
    record("alias-enrollment", "/enrollment_status", "PROP-ALIAS", "American spelling", &[Rename("/enrolment_status", "enrollment_status")]),
    record("alias-measurement", "/farm_details/0/measurement", "PROP-ALIAS", "measurement for unit", &[Rename("/farm_details/0/unit", "measurement")]),
    record("alias-famer", "/famer_personal_details", "PROP-ALIAS", "the misprint of official samples", &[Rename("/farmer_personal_details", "famer_personal_details")]),
    record("alias-disability-level", "/disability_level", "PROP-ALIAS", "disability_level for disability_status_level", &[Rename("/disability_status_level", "disability_level")]),
    person("key-prefixed", "/spdci:birth_date", "KEY-PREFIXED", "a key with a prefix", &[Rename("/birth_date", "spdci:birth_date")]),
    person("list-of-two-for-one", "/birth_date", "LIST-FOR-SCALAR", "two dates of birth", &[Twice("/birth_date")]),
    person("list-of-one-for-one", "/birth_date", "LIST-FOR-SCALAR", "a list of one date of birth", &[Around("/birth_date", "[", "]")]),
    person("one-for-list", "/identifier", "SCALAR-FOR-LIST", "one identifier without its list", &[Lacks("/identifier/1"), Bare("/identifier")]),
    person("text-empty", "/name/surname", "EMPTY-STRING", "an empty surname", &[Set("/name/surname", "\"\"")]),
    person("object-for-text", "/name/given_name", "TYPE", "an object for a given name", &[Around("/name/given_name", "{\"en\":", "}")]),
    person("text-for-object", "/name", "TYPE", "a name as one text", &[Set("/name", "\"Amina Otieno\"")]),
    person("number-for-text", "/name/surname", "TYPE-NUMBER-FOR-TEXT", "a number for a surname", &[Set("/name/surname", "4711")]),
    member("wrapper-person", "/demographic_info/person", "WRAPPER", "the person inside another object", &[Around("/demographic_info", "{\"person\":", "}")]),
    record("context-missing", "", "CONTEXT-ABSENT", "no @context", &[Drop("/@context")]),
    record("type-of-something-else", "/@type", "TYPE-UNEXPECTED", "the @type of something else", &[Lacks("/sex"), Set("/@type", "\"Vehicle\"")]),
    record("programme-name-missing", "/programme_identifier/0/programme_name", "REQUIRED", "a programme without a name", &[Drop("/programme_identifier/0/programme_name")]),
    record("programme-identifier-missing", "/programme_identifier/0/programme_identifier", "REQUIRED", "a programme without an identifier", &[Drop("/programme_identifier/0/programme_identifier")]),
    // Codes
    person("sex-unknown", "/sex", "CODE-UNKNOWN", "a letter for sex", &[Set("/sex", "\"F\"")]),
    person("sex-case", "/sex", "VALUE-CASE", "a code with a capital letter", &[Only("/sex", "\"female\""), Set("/sex", "\"Female\"")]),
    member("marital-status-unknown", "/marital_status", "CODE-UNKNOWN", "a letter that is no code", &[Set("/marital_status", "\"Q\"")]),
    member("marital-status-label", "/marital_status", "VALUE-LABEL", "the label for the code", &[Only("/marital_status", "\"S\""), Set("/marital_status", "\"Never Married\"")]),
    member("education-unknown", "/education_level", "CODE-UNKNOWN", "a level that is no code", &[Set("/education_level", "\"12\"")]),
    member("education-as-number", "/education_level", "TYPE-NUMBER-FOR-TEXT", "a code as JSON number", &[Bare("/education_level")]),
    member("occupation-detailed", "/occupation", "VALUE-VARIANT", "a sub-code of ISCO-08", &[Set("/occupation", "\"6111\"")]),
    member("severity-unknown", "/disability_info/0/functional_severity", "CODE-UNKNOWN", "a severity that is no code", &[Set("/disability_info/0/functional_severity", "\"5\"")]),
    member("relationship-unknown", "/related_person/0/relationship_type", "CODE-UNKNOWN", "a relationship that is no code", &[Set("/related_person/0/relationship_type", "\"FRIEND\"")]),
    person("identifier-type-unlisted", "/identifier/0/identifier_type", "CODE-UNLISTED", "a type outside the open list", &[Set("/identifier/0/identifier_type", "\"NID\"")]),
    person("country-unknown", "/address/0/country_code", "CODE-UNKNOWN", "a country that is none", &[Set("/address/0/country_code", "\"KYA\"")]),
    person("country-lower-case", "/address/0/country_code", "VALUE-CASE", "a country in lower case", &[Lower("/address/0/country_code")]),
    record("group-type-unknown", "/group_type", "CODE-UNKNOWN", "a kind of group that is no code", &[Set("/group_type", "\"9\"")]),
    record("benefit-type-unknown", "/benefits/0/benefit_type", "CODE-UNKNOWN", "a kind of benefit that is no code", &[Set("/benefits/0/benefit_type", "\"9\"")]),
    record("legal-status-label", "/programme_identifier/0/legal_status", "VALUE-LABEL", "the label for the code", &[Set("/programme_identifier/0/legal_status", "\"Anchored in national legislation\"")]),
    record("impairment-cause-unknown", "/disability_details/0/impairment_cause", "CODE-UNKNOWN", "a cause that is no code", &[Set("/disability_details/0/impairment_cause", "\"11\"")]),
    record("housing-type-label", "/housing_type", "VALUE-LABEL", "the label for the code", &[Set("/housing_type", "\"Social housing\"")]),
    record("crop-activity-zero-lost", "/farm_details/0/farming_activities/0/crop_production/0/activity_group", "CODE-UNKNOWN", "a code without its leading zero", &[Only("/farm_details/0/farming_activities/0/crop_production/0/activity_group", "\"011\""), Set("/farm_details/0/farming_activities/0/crop_production/0/activity_group", "\"11\"")]),
    record("farm-type-unknown", "/farm_type", "CODE-UNKNOWN", "a kind of farm that is no code", &[Set("/farm_type", "\"7\""), Set("/farm_details/0/farm_type", "\"7\"")]),
    record("employment-type-unknown", "/employment_info/0/employment_type", "CODE-UNKNOWN", "a kind of employment that is no code", &[Set("/employment_info/0/employment_type", "\"Gig\"")]),
    record("biometric-data-type-unknown", "/biometric_data/0/data_type", "CODE-UNKNOWN", "a kind of data that is no code", &[Set("/biometric_data/0/data_type", "\"jpeg\"")]),
    // The JSON itself
    person("key-twice", "/sex", "DUPLICATE-KEY", "a key twice in one object", &[Again("/sex")]),
    record("number-beyond-53-bits", "/poverty_score", "NUMBER-PRECISION", "a number that most readers round", &[Set("/poverty_score", "9007199254740993")]),
    person("not-utf-8", "/name/surname", "UTF-8", "a byte that is no UTF-8", &[BadByte("/name/surname")]),
    record("line-cut", "", "JSON-SYNTAX", "a line that ends in its middle", &[Cut]),
];
