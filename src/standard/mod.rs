//! stub
use crate::model::verdict::{Force, Verdict};
use serde_json::Value;
pub struct Standard;
pub struct Judgement { pub violations: Vec<Violation>, pub observed: Vec<Observed> }
pub struct Observed { pub violation: Violation, pub erratum: String }
pub struct Violation { pub pointer: String, pub keyword: String, pub expected: String, pub found: String }
pub struct Mutant { pub kind:String, pub path:String, pub body: Value, pub expected: String, pub erratum: Option<String> }
pub struct RecordFinding { pub pointer:String, pub rule:String, pub force: Force, pub verdict: Verdict, pub expected:String, pub found:String, pub source:String, pub erratum: Option<String> }
#[derive(Clone,Copy)]
pub enum Strictness { Lenient, Standard, Strict }
pub struct Erratum { pub id:String, pub title:String, pub policy:String, pub accepts:String }
impl Standard {
  pub fn judge(&self, _s:&str,_v:&Value)->Option<Judgement>{None}
  pub fn mutants(&self,_s:&str,_m:&Value,_k:&[String],_o:&[String])->Vec<Mutant>{vec![]}
  pub fn judge_record(&self,_c:&str,_r:&Value,_s:Strictness)->Vec<RecordFinding>{vec![]}
  pub fn in_code_list(&self,_l:&str,_v:&Value)->Option<bool>{None}
  pub fn class_of(&self,_v:&Value,c:&[String])->String{c[0].clone()}
  pub fn erratum(&self,_i:&str)->Option<&Erratum>{None}
}
