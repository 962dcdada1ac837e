// The values caller: imports every interface of `test:values`, calls every function with many values, and says the first
// answer that is wrong.

#include "same.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::string_view_literals;
using shapes::Color, shapes::Line, shapes::Payload, shapes::Point;
using compounds::Big, compounds::Everything, compounds::Flags1, compounds::Flags8, compounds::Flags9, compounds::Flags32;

namespace {

constexpr size_t many = 10'000;
constexpr int32_t max_s32 = INT32_MAX, min_s32 = INT32_MIN;
constexpr int64_t max_s64 = INT64_MAX, min_s64 = INT64_MIN;
constexpr uint32_t max_u32 = UINT32_MAX;
constexpr uint64_t max_u64 = UINT64_MAX;

template <class Float>
using limits = std::numeric_limits<Float>;

class Tally {
 public:
  void begin(std::string_view function) {
    function_ = function;
    number_ = 0;
    functions_++;
  }

  void check(bool right) {
    checks_++;
    if (!right && !failure_) failure_ = function_ + ": check " + std::to_string(number_) + " failed";
    number_++;
  }

  // The answer, and the one that is right.
  template <class Answer, class Right>
  void expect(const Answer &answer, const Right &right) {
    check(same(answer, right));
  }

  std::expected<wit::string, wit::string> outcome() const {
    if (failure_) return std::unexpected(wit::string::from_view(*failure_));
    return wit::string::from_view(std::to_string(functions_) + " functions, " + std::to_string(checks_) + " checks");
  }

 private:
  std::string function_;
  unsigned number_ = 0, functions_ = 0, checks_ = 0;
  std::optional<std::string> failure_;
};

wit::string owned(std::string_view text) { return wit::string::from_view(text); }

template <class T>
std::vector<T> backwards(const std::vector<T> &v) {
  return {v.rbegin(), v.rend()};
}

Line line(int32_t number) {
  return {owned("línea " + std::to_string(number)), {number, -number}, {max_s32, min_s32}, number / 4.0};
}

Line exchanged(Line line) {
  std::swap(line.from, line.to);
  return line;
}

// Each case of the variant with a value, and what `next-payload` makes of it.
std::vector<std::pair<Payload, Payload>> payloads() {
  using P = Payload;
  std::vector<std::pair<Payload, Payload>> all;
  all.emplace_back(P{P::Nothing()}, P{P::Nothing()});
  all.emplace_back(P{P::Number{1.5f}}, P{P::Number{-1.5f}});
  all.emplace_back(P{P::Number{0.0f}}, P{P::Number{-0.0f}});
  all.emplace_back(P{P::Long{max_s64}}, P{P::Long{-max_s64}});
  all.emplace_back(P{P::Long{0x100000001}}, P{P::Long{-0x100000001}});
  all.emplace_back(P{P::Text{owned("")}}, P{P::Text{owned("!")}});
  all.emplace_back(P{P::Text{owned("日本")}}, P{P::Text{owned("日本!")}});
  all.emplace_back(P{P::Place{{1, -2}}}, P{P::Place{{-2, 1}}});
  return all;
}

template <class Integer>
void integers(Tally &tally, std::string_view name, Integer function(Integer)) {
  constexpr Integer low = limits<Integer>::min(), high = limits<Integer>::max();
  tally.begin(name);
  for (Integer v : {Integer(0), Integer(1), Integer(high / 2), Integer(high - 1), low}) {
    tally.expect(function(v), Integer(v + 1));
  }
  tally.expect(function(high), low);
}

template <class Float>
void floats(Tally &tally, std::string_view name, Float function(Float)) {
  using l = limits<Float>;
  tally.begin(name);
  for (Float v : {Float(0), -Float(0), Float(1.5), l::lowest(), l::max(), l::min(), l::denorm_min(), l::infinity(),
                  -l::infinity(), l::quiet_NaN()}) {
    tally.expect(function(v), v);
  }
}

void check_numbers(Tally &tally) {
  tally.begin("negate");
  tally.expect(scalars::Negate(false), true);
  tally.expect(scalars::Negate(true), false);
  integers(tally, "next-u8", scalars::NextU8);
  integers(tally, "next-s8", scalars::NextS8);
  integers(tally, "next-u16", scalars::NextU16);
  integers(tally, "next-s16", scalars::NextS16);
  tally.begin("next-u32");
  for (uint32_t v : {0, 1, 0x7F, 0x80, 0x7FFFFFFE}) tally.expect(scalars::NextU32(v), v + 1);
  integers(tally, "next-s32", scalars::NextS32);
  integers(tally, "next-u64", scalars::NextU64);
  tally.begin("next-s64");
  for (int64_t v : {int64_t(0), int64_t(1), int64_t(max_u32), max_s64 / 2, max_s64 - 1}) {
    tally.expect(scalars::NextS64(v), v + 1);
  }
  floats(tally, "echo-f32", scalars::EchoF32);
  floats(tally, "echo-f64", scalars::EchoF64);
  tally.begin("subtract-f64");
  tally.expect(scalars::SubtractF64(1.5, 0.25), 1.25);
  tally.expect(scalars::SubtractF64(0.25, 1.5), -1.25);
  constexpr double infinity = limits<double>::infinity();
  tally.expect(scalars::SubtractF64(infinity, infinity), limits<double>::quiet_NaN());
}

void check_texts(Tally &tally) {
  tally.begin("echo-char");
  for (uint32_t v : {0x0, 0x61, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0x10000, 0x10FFFF}) {
    tally.expect(scalars::EchoChar(v), v);
  }
  tally.begin("swap-chars");
  tally.expect(scalars::SwapChars('a', 0x10FFFF), std::tuple(0x10FFFFu, uint32_t('a')));
  tally.begin("echo-string");
  std::string longest;
  for (size_t i = 0; i < many; i++) longest += "ж";
  for (std::string_view v :
       {""sv, "a"sv, "plain"sv, "grüße"sv, "日本語"sv, "🦀\U0010FFFF"sv, "\0 and\nmore"sv, std::string_view(longest)}) {
    tally.expect(scalars::EchoString(v), v);
  }
  tally.begin("join");
  tally.expect(scalars::Join("a", "b", "c", ", "), "a, b, c"sv);
  tally.expect(scalars::Join("", "ß", "", ""), "ß"sv);
  tally.expect(scalars::Join("", "", "", "日"), "日日"sv);
  tally.begin("split");
  tally.expect(scalars::Split(""), std::vector<std::string_view>());
  tally.expect(scalars::Split("aß日🦀"), std::vector{"a"sv, "ß"sv, "日"sv, "🦀"sv});
  tally.begin("touch");
  scalars::Touch();
  tally.check(true);
  tally.begin("seven");
  tally.expect(scalars::Seven(), uint8_t(7));
  tally.begin("sink");
  scalars::Sink("down it goes");
  tally.check(true);
}

void check_lists_of_numbers(Tally &tally) {
  tally.begin("echo-bytes");
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < many; i++) bytes.push_back(uint8_t(i % 251));
  for (const std::vector<uint8_t> &v : {std::vector<uint8_t>(), bytes, {0xFF, 0, 0x80}}) {
    tally.expect(lists::EchoBytes(v), v);
  }
  tally.begin("sum");
  std::vector<int32_t> numbers;
  for (size_t i = 0; i < many; i++) numbers.push_back(int32_t(i));
  tally.expect(lists::Sum({}), int64_t(0));
  tally.expect(lists::Sum(std::array{max_s32, max_s32, 3}), int64_t(4294967297));
  tally.expect(lists::Sum(numbers), int64_t(49995000));
  tally.begin("reverse-u64");
  std::vector<uint64_t> wide = {0, 1, max_u64, uint64_t(1) << 63};
  tally.expect(lists::ReverseU64({}), std::vector<uint64_t>());
  tally.expect(lists::ReverseU64(wide), backwards(wide));
  tally.begin("reverse-f32");
  std::vector<float> singles = {1.5f, -2.5f, limits<float>::infinity()};
  tally.expect(lists::ReverseF32(singles), backwards(singles));
  tally.expect(lists::ReverseF32(std::array{limits<float>::quiet_NaN()}), std::array{limits<float>::quiet_NaN()});
  tally.begin("negate-all");
  tally.expect(lists::NegateAll({}), std::array<bool, 0>());
  tally.expect(lists::NegateAll(std::array{true, false, false}), std::array{false, true, true});
  tally.begin("reverse-nested");
  std::array<uint16_t, 3> first = {1, 2, 65535};
  std::array<uint16_t, 1> last = {4};
  std::array<std::span<const uint16_t>, 3> nested = {first, {}, last};
  tally.expect(lists::ReverseNested({}), std::vector<std::vector<uint16_t>>());
  tally.expect(lists::ReverseNested(nested), std::vector<std::vector<uint16_t>>{{4}, {}, {65535, 2, 1}});
}

void check_lists_of_texts(Tally &tally) {
  tally.begin("spell");
  tally.expect(lists::Spell({}), ""sv);
  tally.expect(lists::Spell(std::array<uint32_t, 4>{'f', 0xFC, 0x65E5, 0x10FFFF}), "fü日\U0010FFFF"sv);
  tally.begin("reverse-strings");
  std::vector<std::string> kept;
  for (size_t i = 0; i < many; i++) kept.push_back(std::to_string(i));
  std::vector<std::string_view> some = {"", "zwei", "три"}, texts(kept.begin(), kept.end());
  tally.expect(lists::ReverseStrings({}), std::vector<std::string_view>());
  tally.expect(lists::ReverseStrings(some), backwards(some));
  tally.expect(lists::ReverseStrings(texts), backwards(texts));
  tally.begin("reverse-options");
  std::vector<std::optional<wit::string>> options;
  options.emplace_back(std::nullopt);
  options.emplace_back(owned(""));
  options.emplace_back(owned("x"));
  tally.expect(lists::ReverseOptions(options), std::vector<std::optional<std::string_view>>{"x", "", std::nullopt});
  tally.begin("swap-pairs");
  std::vector<std::tuple<uint8_t, std::string_view>> pairs = {{0, ""}, {255, "ü"}};
  tally.expect(lists::SwapPairs({}), std::vector<std::tuple<std::string_view, uint8_t>>());
  tally.expect(lists::SwapPairs(pairs), std::vector<std::tuple<std::string_view, uint8_t>>{{"", 0}, {"ü", 255}});
  tally.begin("flip-results");
  using Result = std::expected<int32_t, wit::string>;
  using Flipped = std::expected<std::string_view, int32_t>;
  std::vector<Result> results;
  results.emplace_back(min_s32);
  results.emplace_back(std::unexpected(owned("not")));
  results.emplace_back(7);
  results.emplace_back(std::unexpected(owned("")));
  std::vector<Flipped> flipped = {std::unexpected(min_s32), "not", std::unexpected(7), ""};
  tally.expect(lists::FlipResults(results), flipped);
}

void check_lists_of_records(Tally &tally) {
  tally.begin("move-points");
  Point by = {1, -1};
  std::vector<Point> points, moved;
  for (int32_t i = 0; i < int32_t(many); i++) {
    points.push_back({i, 5 - i});
    moved.push_back({i + 1, 4 - i});
  }
  tally.expect(lists::MovePoints({}, by), std::vector<Point>());
  tally.expect(lists::MovePoints(points, by), moved);
  tally.expect(lists::MovePoints(std::array{Point{max_s32, min_s32}}, by), std::array{Point{min_s32, max_s32}});
  tally.begin("reverse-lines");
  std::vector<Line> lines, reversed;
  for (int32_t i = 0; i < 100; i++) {
    lines.push_back(line(i));
    reversed.push_back(exchanged(line(99 - i)));
  }
  tally.expect(lists::ReverseLines({}), std::vector<Line>());
  tally.expect(lists::ReverseLines(lines), reversed);
  tally.begin("next-payloads");
  std::vector<Payload> before, after;
  for (auto &[one, other] : payloads()) {
    before.push_back(std::move(one));
    after.push_back(std::move(other));
  }
  tally.expect(lists::NextPayloads({}), std::vector<Payload>());
  tally.expect(lists::NextPayloads(before), after);
  tally.begin("next-colors");
  std::array colors = {Color::kRed, Color::kGreen, Color::kBlue};
  tally.expect(lists::NextColors(colors), std::array{Color::kGreen, Color::kBlue, Color::kRed});
}

Everything everything(bool a, uint8_t b, int16_t c, uint8_t d, uint32_t e, int8_t f, uint64_t g, float h, int64_t i,
                      uint32_t j, double k, uint16_t l, std::string_view m, int32_t n, std::optional<uint64_t> o,
                      Color p, std::vector<uint8_t> q) {
  return {a, b, c, d, e, f, g, h, i, j, k, l, owned(m), n, o, p, wit::vector<uint8_t>::from_view(std::span(q))};
}

void check_records(Tally &tally) {
  tally.begin("swap-pair");
  tally.expect(compounds::SwapPair({200, "ü"}), std::tuple("ü"sv, uint8_t(200)));
  tally.begin("turn");
  for (int32_t i : {1, -8}) {
    Line right = exchanged(line(i));
    right.name = owned("línea " + std::to_string(i) + "~");
    right.weight = -right.weight;
    tally.expect(compounds::Turn(line(i)), right);
  }
  tally.begin("next-everything");
  tally.expect(
      compounds::NextEverything(everything(true, 255, 32767, 0, max_u32, 127, max_u64, 0.5f, max_s64, 0x10FFFF, 0.0,
                                           65535, "", max_s32, max_u64, Color::kBlue, {1, 2, 0xFF})),
      everything(false, 0, -32768, 1, 0, -128, 0, 1.5f, min_s64, 0x10FFFF, -0.0, 0, "+", min_s32, 0, Color::kRed,
                 {0xFF, 2, 1}));
  tally.expect(compounds::NextEverything(everything(false, 0, -32768, 1, 0, -128, 0, 1.5f, min_s64, 'j', 2.0, 0, "mm",
                                                    min_s32, std::nullopt, Color::kRed, {})),
               everything(true, 1, -32767, 2, 1, -127, 1, 2.5f, min_s64 + 1, 'j', -2.0, 1, "mm+", min_s32 + 1,
                          std::nullopt, Color::kGreen, {}));
}

void check_cases(Tally &tally) {
  tally.begin("next-payload");
  for (auto &[before, after] : payloads()) tally.expect(compounds::NextPayload(std::move(before)), after);
  tally.begin("kind");
  std::array names = {"nothing"sv, "number"sv, "number"sv, "long"sv, "long"sv, "text"sv, "text"sv, "place"sv};
  auto name = names.begin();
  for (auto &[before, after] : payloads()) tally.expect(compounds::Kind(std::move(before)), *name++);
  tally.begin("next-color");
  tally.expect(compounds::NextColor(Color::kRed), Color::kGreen);
  tally.expect(compounds::NextColor(Color::kGreen), Color::kBlue);
  tally.expect(compounds::NextColor(Color::kBlue), Color::kRed);
  tally.begin("next-big");
  for (uint16_t i : {0, 254, 255, 256, 299}) tally.expect(compounds::NextBig(Big(i)), Big((i + 1) % 300));
}

void check_flags(Tally &tally) {
  auto four = [](auto is_set) {
    uint32_t bits = 0;
    for (unsigned i = 0; i < 32; i++) bits |= uint32_t(is_set(i)) << i;
    return std::tuple(Flags1(bits & 0x1), Flags8(bits & 0xFF), Flags9(bits & 0x1FF), Flags32(bits));
  };
  auto none = four([](unsigned) { return false; }), all = four([](unsigned) { return true; });
  auto some = four([](unsigned i) { return i % 3 == 0; }), others = four([](unsigned i) { return i % 3 != 0; });
  tally.begin("invert");
  tally.expect(std::apply(compounds::Invert, none), all);
  tally.expect(std::apply(compounds::Invert, all), none);
  tally.expect(std::apply(compounds::Invert, some), others);
}

void check_options(Tally &tally) {
  using Option = std::optional<uint32_t>;
  tally.begin("next-option");
  tally.expect(compounds::NextOption(std::nullopt), Option());
  tally.expect(compounds::NextOption(0), Option(1));
  tally.expect(compounds::NextOption(max_s32), Option(0x80000000));
  using Text = std::optional<wit::string>;
  using Nested = std::optional<Text>;
  tally.begin("next-nested");
  tally.expect(compounds::NextNested(std::nullopt), Nested(Text()));
  tally.expect(compounds::NextNested(Nested(Text())), Nested(Text(owned("new"))));
  tally.expect(compounds::NextNested(Nested(Text(owned("")))), Nested());
  using Inner = std::optional<uint8_t>;
  using Middle = std::optional<Inner>;
  using Deep = std::optional<Middle>;
  tally.begin("echo-deep");
  for (Deep v : {Deep(), Deep(Middle()), Deep(Middle(Inner())), Deep(Middle(Inner(0))), Deep(Middle(Inner(255)))}) {
    tally.expect(compounds::EchoDeep(v), v);
  }
}

void check_results(Tally &tally) {
  using Flip = std::expected<uint8_t, Color>;
  using Flipped = std::expected<Color, uint8_t>;
  tally.begin("flip");
  tally.expect(compounds::Flip(Flip(255)), Flipped(std::unexpected(uint8_t(255))));
  tally.expect(compounds::Flip(std::unexpected(Color::kBlue)), Flipped(Color::kBlue));
  tally.expect(compounds::Flip(std::unexpected(Color::kRed)), Flipped(Color::kRed));
  tally.begin("outcome");
  tally.check(compounds::Outcome(true).has_value());
  tally.check(!compounds::Outcome(false).has_value());
  tally.begin("only-ok");
  tally.expect(compounds::OnlyOk(max_s32), std::expected<uint32_t, wit::Void>(2147483647));
  tally.check(!compounds::OnlyOk(-1).has_value());
  tally.begin("only-err");
  tally.check(compounds::OnlyErr(0).has_value());
  using Negative = std::expected<void, std::string_view>;
  tally.expect(compounds::OnlyErr(min_s32), Negative(std::unexpected("negative: -2147483648"sv)));
  using Quotient = std::expected<int32_t, std::string_view>;
  tally.begin("divide");
  tally.expect(compounds::Divide(-7, 2), Quotient(-3));
  tally.expect(compounds::Divide(1, 0), Quotient(std::unexpected("division by zero"sv)));
  tally.expect(compounds::Divide(min_s32, -1), Quotient(std::unexpected("overflow"sv)));
  using Found = std::expected<Line, Payload>;
  tally.begin("find");
  tally.expect(compounds::Find("ü"), Found(Line{owned("ü"), {1, 2}, {3, 4}, 0.5}));
  tally.expect(compounds::Find("none"), Found(std::unexpected(Payload{Payload::Nothing()})));
  tally.expect(compounds::Find("-x"), Found(std::unexpected(Payload{Payload::Text{owned("-x")}})));
  tally.begin("many");
  tally.expect(compounds::Many(1, -2, 3, -4, 5, -6, 7, -8, "neun", 10, 11, 12, 13, 14, "fünfzehn", 16),
               "1,-2,3,-4,5,-6,7,-8,neun,10,11,12,13,14,fünfzehn,16"sv);
  tally.expect(compounds::Many(255, -128, 65535, -32768, max_u32, min_s32, max_u64, min_s64, "", 0, 0, 0, 0, 255, "", max_u32),
               "255,-128,65535,-32768,4294967295,-2147483648,18446744073709551615,-9223372036854775808,,"
               "0,0,0,0,255,,4294967295"sv);
}

void check_wide(Tally &tally) {
  tally.begin("next-u32");
  for (uint32_t v : {max_u32, max_u32 - 1, max_u32 / 2, max_u32 / 2 + 1}) tally.expect(scalars::NextU32(v), v + 1);
  tally.begin("next-s64");
  for (int64_t v : {min_s64, max_s64, int64_t(-1), int64_t(-2), int64_t(min_s32)}) {
    tally.expect(scalars::NextS64(v), int64_t(uint64_t(v) + 1));
  }
  tally.begin("sum");
  tally.expect(lists::Sum(std::array{min_s32, -1}), int64_t(-2147483649));
  tally.begin("next-option");
  tally.expect(compounds::NextOption(max_u32), std::optional<uint32_t>(0));
  tally.begin("next-payload");
  auto smallest = [] { return Payload{Payload::Long{min_s64}}; };
  auto number = [](float v) { return Payload{Payload::Number{v}}; };
  tally.expect(compounds::NextPayload(smallest()), smallest());
  tally.expect(compounds::NextPayload(number(-0.0f)), number(0.0f));
  tally.expect(compounds::NextPayload(number(limits<float>::lowest())), number(limits<float>::max()));
  tally.begin("kind");
  tally.expect(compounds::Kind(smallest()), "long"sv);
}

}  // namespace

namespace check = exports::test::values::check;

std::expected<wit::string, wit::string> check::Run() {
  Tally tally;
  tally.begin("origin");
  tally.expect(shapes::Origin(), Point{7, -7});
  for (auto part : {check_numbers, check_texts, check_lists_of_numbers, check_lists_of_texts, check_lists_of_records,
                    check_records, check_cases, check_flags, check_options, check_results}) {
    part(tally);
  }
  return tally.outcome();
}

std::expected<wit::string, wit::string> check::RunWide() {
  Tally tally;
  check_wide(tally);
  return tally.outcome();
}
