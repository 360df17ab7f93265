//! Limits as they come from JavaScript, which has checked them.

use super::{Limits, Resource, ResourceLimit, UNLIMITED};
use serde_json::Value;

impl Limits {
    /// `{"nice":n,"cpus":[n],"<resource>":[soft,hard]}`: -1 is unlimited, and null a hard limit that is not named. `None` for anything else.
    pub fn from_json(json: &str) -> Option<Limits> {
        let Ok(Value::Object(given)) = serde_json::from_str(json) else { return None };
        let mut limits = Limits::default();
        for (name, value) in &given {
            match (name.as_str(), Resource::from_name(name)) {
                (_, Some(resource)) => limits.resources.push(resource_limit(resource, value)?),
                ("nice", None) => limits.nice = Some(i32::try_from(value.as_i64()?).ok()?),
                ("cpus", None) => limits.cpus = cpus(value)?,
                _ => return None,
            }
        }
        Some(limits)
    }
}

fn resource_limit(resource: Resource, value: &Value) -> Option<ResourceLimit> {
    match value.as_array()?.as_slice() {
        [soft, Value::Null] => Some(ResourceLimit { resource, soft: amount(soft)?, hard: None }),
        [soft, hard] => Some(ResourceLimit { resource, soft: amount(soft)?, hard: Some(amount(hard)?) }),
        _ => None,
    }
}

/// JSON has no number for "unlimited".
fn amount(value: &Value) -> Option<u64> {
    if value.as_i64() == Some(-1) {
        Some(UNLIMITED)
    } else {
        value.as_u64()
    }
}

fn cpus(value: &Value) -> Option<Vec<u32>> {
    value.as_array()?.iter().map(|cpu| u32::try_from(cpu.as_u64()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_can_be_limited_has_its_name() {
        let json = r#"{"openFiles":[64,64],"cpuTime":[1,2],"addressSpace":[-1,null],"nice":-5,"cpus":[0,63]}"#;
        let limits = Limits::from_json(json).unwrap();
        let of = |resource| limits.of(resource).copied().unwrap();
        assert_eq!(of(Resource::OpenFiles), ResourceLimit { resource: Resource::OpenFiles, soft: 64, hard: Some(64) });
        assert_eq!(of(Resource::CpuTime).hard, Some(2));
        assert_eq!(of(Resource::AddressSpace), ResourceLimit { resource: Resource::AddressSpace, soft: UNLIMITED, hard: None });
        assert_eq!((limits.nice, limits.cpus), (Some(-5), vec![0, 63]));
        assert!(Limits::from_json("{}").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let nonsense =
            ["", "[]", r#"{"openFiles":64}"#, r#"{"openFiles":[-2,64]}"#, r#"{"nice":0.5}"#, r#"{"cpus":[-1]}"#, r#"{"memory":[1,1]}"#];
        for json in nonsense {
            assert_eq!(Limits::from_json(json), None, "{json}");
        }
    }
}
