//! Lengths of time as people write them in the vendor's file and in profiles: `250ms`, `15s`, `2m`, `1h`.

use std::time::Duration;

/// Reads `250ms`, `15s`, `1.5s`, `2m`, `1h`; `None` for anything else, negative values included.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit.trim() {
        "ms" | "milliseconds" => number / 1000.0,
        "s" | "second" | "seconds" => number,
        "m" | "min" | "minute" | "minutes" => number * 60.0,
        "h" | "hour" | "hours" => number * 3600.0,
        "d" | "day" | "days" => number * 86400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// Writes a length of time in the largest unit that reads well: `250 ms`, `1.5 s`, `2 min`.
pub fn words(length: Duration) -> String {
    let ms = length.as_millis();
    match ms {
        0..=999 => format!("{ms} ms"),
        1000..=119_999 => format!("{} s", trim(ms as f64 / 1000.0)),
        _ => format!("{} min", trim(ms as f64 / 60_000.0)),
    }
}

fn trim(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse("15s"), Some(Duration::from_secs(15)));
        assert_eq!(parse("2m"), Some(Duration::from_secs(120)));
        assert_eq!(parse("5 minutes"), Some(Duration::from_secs(300)));
        for wrong in ["", "15", "s", "-1s", "1.2.3s", "15 parsecs"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn writes_the_largest_unit_that_reads_well() {
        assert_eq!(words(Duration::from_millis(250)), "250 ms");
        assert_eq!(words(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(words(Duration::from_secs(120)), "2 min");
    }
}
