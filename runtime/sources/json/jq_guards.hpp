// What jq 1.6 does not survive, put right in jq itself before a mapping's expressions: a payload must not end the node.
// Each was seen: times beyond the calendar abort in libjq, a pattern that matches the empty text crashes or never ends
// when it is repeated, looking for the empty text never ends; looking for a text in an array, and trimming what is no
// text, leak. The environment holds secrets, and events must not depend on it.
#pragma once

namespace cxstream::sources {

inline constexpr const char* jq_guards = R"jq(
{} as $ENV |
def env: {};
def checked__time:
  if type == "number" then
    if . >= -62135596800 and . <= 253402300799 then . else error("\(.) is no time in seconds since 1970") end
  elif type == "array" then
    if all(.[]; type == "number" and . > -100000 and . < 100000) then . else error("the broken down time is none") end
  else . end;
def original__gmtime: gmtime;
def gmtime: checked__time | original__gmtime;
def original__localtime: localtime;
def localtime: checked__time | original__localtime;
def original__mktime: mktime;
def mktime: checked__time | original__mktime;
def original__strftime(f): strftime(f);
def strftime(f): checked__time | original__strftime(f);
def original__strflocaltime(f): strflocaltime(f);
def strflocaltime(f): checked__time | original__strflocaltime(f);
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def todateiso8601: todate;
def date: todate;
def original__test($re; $flags): test($re; $flags);
def checked__pattern($re; $flags):
  ($flags // "") as $given
  | if ($given | type) == "string" and ($given | contains("g"))
      and ("" | original__test($re; $given | explode | map(select(. != 103)) | implode))
    then error("the pattern \($re) matches the empty text and cannot be repeated; write + for *")
    else . end;
def original__match($re; $flags): match($re; $flags);
def match($re; $flags): checked__pattern($re; $flags) | original__match($re; $flags);
def match($re): if ($re | type) == "array" then match($re[0]; $re[1]) else match($re; null) end;
def original__capture($re; $flags): capture($re; $flags);
def capture($re; $flags): checked__pattern($re; $flags) | original__capture($re; $flags);
def capture($re): if ($re | type) == "array" then capture($re[0]; $re[1]) else capture($re; null) end;
def original__scan($re): scan($re);
def scan($re): checked__pattern($re; "g") | original__scan($re);
def original__split($re; $flags): split($re; $flags);
def split($re; $flags): checked__pattern($re; ($flags // "") + "g") | original__split($re; $flags);
def splits($re; $flags): split($re; $flags) | .[];
def splits($re): splits($re; null);
def original__sub($re; text; $flags): sub($re; text; $flags);
def sub($re; text; $flags): checked__pattern($re; $flags) | original__sub($re; text; $flags);
def sub($re; text): sub($re; text; "");
def gsub($re; text; $flags): sub($re; text; $flags + "g");
def gsub($re; text): sub($re; text; "g");
def original__indices($i): indices($i);
def indices($i):
  if type == "array" then
    . as $all
    | if ($i | type) != "array" then [range(0; length) | select($all[.] == $i)]
      elif $i == [] then []
      else ($i | length) as $size | [range(0; length - $size + 1) | select($all[.:. + $size] == $i)] end
  elif $i == "" then []
  else original__indices($i) end;
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def original__ltrimstr($x): ltrimstr($x);
def ltrimstr($x): if type == "string" and ($x | type) == "string" then original__ltrimstr($x) else . end;
def original__rtrimstr($x): rtrimstr($x);
def rtrimstr($x): if type == "string" and ($x | type) == "string" then original__rtrimstr($x) else . end;
)jq";

} // namespace cxstream::sources
