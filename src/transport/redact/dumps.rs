//! Values that databases, mappers and validators quote in their messages, in forms that leave no doubt.

use super::vocabulary::HIDDEN;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What stands before the values, how it is written, and a word without which it is not searched for.
type Form = (&'static str, &'static str);

/// In each the first group is shown, what follows it is hidden, and the second, where there is one, is shown again.
static FORMS: LazyLock<Vec<(&'static str, Option<Regex>)>> = LazyLock::new(|| {
    let forms: [Form; 22] = [
        // The key and the row of a constraint.
        (
            "Key (",
            r#"(\bKey \([^()\r\n"]{1,512}\)=\()[^\r\n"\\]*?(\) (?:already|is |conflicts|are )|\)?[.]?[\r\n"\\]|\)?[.]?$)"#,
        ),
        ("row contains", r#"(?i)(\brow contains \()[^\r\n"\\]*()"#),
        ("uplicate entry", r#"(?i)(\bduplicate entry ')[^\r\n"]*?('(?: for key|$|[\r\n"\\.,;]))"#),
        // What a statement was given, and what a validator was.
        ("[parameters:", r"(\[parameters: ).*()"),
        (
            "_value=",
            r#"(\b(?:input|rejected|invalid|received|actual)_value=)(?:\\*'[^'\r\n]*'|\\*"[^"\r\n]*"|[^\s,;"'\]]+)()"#,
        ),
        ("ejected value", r"(?i)(\brejected value:? ?\[)[^\]\r\n]*()"),
        ("ORA-", r#"(?i)(\bcolumn_value=)[^\r\n"]*()"#),
        // What databases could not read as a type or a member of a list of theirs.
        ("nvalid input ", r#"(?i)(\binvalid input (?:syntax|value) for [^:"\r\n\\]{1,64}: )\\*"[^"\r\n]*"()"#),
        ("arameters: $1", r"(?i)(\bparameters: )\$1 = .*()"),
        ("ncorrect ", r"(?i)(\bincorrect [a-z]+ value: ')[^\r\n]*?('(?: for (?:column|function)|$))"),
        ("key value is (", r#"(\bduplicate key value is \()[^\r\n"\\]*?(\)(?:[.\s"\\]|$))"#),
        ("runcated value: '", r"(?i)(\btruncated value: ')[^'\r\n]*()"),
        ("converting the ", r"(?i)(\bconverting the [a-z]+ value ')[^\r\n]*?(' to )"),
        ("inding parameter ", r"(?i)(\bbinding parameter [\[(][^\r\n]{1,40}?- ?\[)[^\]\r\n]*()"),
        // And mappers and validators.
        ("from String ", r#"(\bfrom String (?:value )?\(?)(?:\\*'[^'\r\n]*'|\\*"[^"\r\n]*")()"#),
        ("parsing ", r#"(\bparsing (?:time )?)\\*"[^"\r\n]*"( as |: (?:invalid|value|extra) )"#),
        ("with value ", r#"(\bwith value (?:of )?)(?:\\*'[^'\r\n]*'|\\*"[^"\r\n]*")()"#),
        (
            " is not ",
            r#"()(?:\\*'[^'\r\n]*'|\\*"[^"\r\n]*")( is not (?:of type|one of|valid under|a (?:valid choice|'[a-z-]+')))"#,
        ),
        ("On instance", r"(?s)(\bOn instance[^\r\n:]{0,512}:)\s.*()"),
        // A person as hospitals send one, as an address book does, and as a passport has it for machines.
        ("PID|", r"(\bPID\|)[^\r\n]*()"),
        ("BEGIN:VCARD", r"(?s)(BEGIN:VCARD\b).*?(END:VCARD|$)"),
        ("<<", r"()\b(?:[A-Z0-9]{1,8}<[A-Z0-9<]{20,}|[A-Z0-9]{20,43}<[A-Z0-9<]+)()"),
    ];
    forms.into_iter().map(|(word, form)| (word, Regex::new(form).ok())).collect()
});
/// A statement for a database, and a text in one.
static STATEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let select = r"select\b.+?\bfrom\b.+?(?:\bwhere\b|\blike\b|=\s*')";
    Regex::new(&format!(r"(?is)\b(?:{select}|insert\s+into\b|delete\s+from\b|update\s+\S+\s+set\b)")).ok()
});
static TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"'(?:[^']|'')*(?:'|$)").ok());

/// A text without what was quoted in it so.
pub(super) fn hidden(mut text: String, count: &mut usize) -> String {
    for (word, form) in FORMS.iter() {
        let Some(form) = form.as_ref().filter(|_| text.contains(word)) else { continue };
        let shown = form.replace_all(&text, |found: &Captures<'_>| {
            *count += 1;
            let part = |index| found.get(index).map_or("", |part| part.as_str());
            format!("{}{HIDDEN}{}", part(1), part(2))
        });
        text = shown.into_owned();
    }
    let begins = STATEMENT.as_ref().filter(|_| text.contains('\'')).and_then(|statement| statement.find(&text));
    let (Some(begins), Some(quoted)) = (begins.map(|found| found.start()), TEXT.as_ref()) else { return text };
    let (before, statement) = text.split_at_checked(begins).unwrap_or((&text, ""));
    let shown = quoted.replace_all(statement, |_: &Captures<'_>| {
        *count += 1;
        format!("'{HIDDEN}'")
    });
    format!("{before}{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_quotes_is_hidden_and_the_rest_is_shown() {
        for (text, shown) in [
            (
                "violates \"person_name\" DETAIL: Key (surname, given_name)=(Ada, Oka(f)or) already exists.",
                "violates \"person_name\" DETAIL: Key (surname, given_name)=((hidden)) already exists.",
            ),
            ("DETAIL:  Key (id)=(Ada).", "DETAIL:  Key (id)=((hidden))."),
            ("Failing row contains (12, Ada, 1985-01-12).", "Failing row contains ((hidden)"),
            ("Duplicate entry 'Ada-1' for key 'person.nid'", "Duplicate entry '(hidden)' for key 'person.nid'"),
            (
                "INSERT INTO person (surname) VALUES ('Ada', 'O''Ka', 12)",
                "INSERT INTO person (surname) VALUES ('(hidden)', '(hidden)', 12)",
            ),
            ("select * from p where a like '%Ada%'", "select * from p where a like '(hidden)'"),
            (
                "[type=date_type, input_value='Ada', input_type=str]",
                "[type=date_type, input_value=(hidden), input_type=str]",
            ),
            (
                "field 'surname': rejected value [Ada]; codes [a]",
                "field 'surname': rejected value [(hidden)]; codes [a]",
            ),
            ("invalid input value for enum sex: \"Ada\"", "invalid input value for enum sex: (hidden)"),
            ("CONTEXT: portal with parameters: $1 = 'Ada', $2 = '12'", "CONTEXT: portal with parameters: (hidden)"),
            (
                "Incorrect date value: 'Ada' for column 'birth_date' at row 1",
                "Incorrect date value: '(hidden)' for column 'birth_date' at row 1",
            ),
            ("The duplicate key value is (Ada, Oka(f)or).", "The duplicate key value is ((hidden))."),
            ("column 'surname'. Truncated value: 'Ada'.", "column 'surname'. Truncated value: '(hidden)'."),
            (
                "converting the nvarchar value 'Ada' to data type",
                "converting the nvarchar value '(hidden)' to data type",
            ),
            ("binding parameter [1] as [VARCHAR] - [Ada]", "binding parameter [1] as [VARCHAR] - [(hidden)]"),
            ("binding parameter (1:VARCHAR) <- [Ada]", "binding parameter (1:VARCHAR) <- [(hidden)]"),
            (
                "type `LocalDate` from String \\\"Ada\\\": text (reference chain: Person[\"birth_date\"])",
                "type `LocalDate` from String (hidden): text (reference chain: Person[\"birth_date\"])",
            ),
            ("parsing time \"Ada\" as \"2006-01-02\"", "parsing time (hidden) as \"2006-01-02\""),
            ("\"surname\" with value \"Ada\" fails", "\"surname\" with value (hidden) fails"),
            ("'Ada' is not of type 'integer'", "(hidden) is not of type 'integer'"),
            ("On instance['surname']:\n    'Ada'", "On instance['surname']:(hidden)"),
            ("PID|||12^^^UIN||OKA^ADA||1985|F\rPV1|", "PID|(hidden)\rPV1|"),
            ("BEGIN:VCARD\nN:Oka;Ada\nEND:VCARD x", "BEGIN:VCARD(hidden)END:VCARD x"),
            (
                "MRZ P<KENOKAFOR<<ADA<<<<<<<<<<<<<< L898902C36KEN7408122F1204159ZE184226B<<<<<10",
                "MRZ (hidden) (hidden)",
            ),
            (
                "'surname' is a required property; error parsing \"surname\"",
                "'surname' is a required property; error parsing \"surname\"",
            ),
            ("it's no selection from 'a', nor an update", "it's no selection from 'a', nor an update"),
        ] {
            let mut count = 0;
            assert_eq!(hidden(text.to_owned(), &mut count), shown);
            assert_eq!(hidden(shown.to_owned(), &mut count), shown);
        }
    }
}
