// The values caller: imports every interface of `test:values`, calls every function with many values, and says the first
// answer that is wrong. What it is given it does not free: it lives as long as one call of `run`, except under `shared`.

#include "caller.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPES(name) test_values_shapes_##name
#define SCALARS(name) test_values_scalars_##name
#define LISTS(name) test_values_lists_##name
#define COMPOUNDS(name) test_values_compounds_##name
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MANY 10000

typedef caller_string_t string_t;
typedef SHAPES(point_t) point_t;
typedef SHAPES(line_t) line_t;
typedef SHAPES(payload_t) payload_t;
typedef SHAPES(color_t) color_t;

static const char *function;
static unsigned functions, checks, check_number;
static char failure[128];

static void begin(const char *name) {
  function = name;
  functions++;
  check_number = 0;
}

static bool check(bool right) {
  checks++;
  if (!right) snprintf(failure, sizeof failure, "%s: check %u failed", function, check_number);
  check_number++;
  return right;
}

#define CHECK(condition) \
  if (!check(condition)) return false

static string_t *text(const char *s) {
  string_t *string = malloc(sizeof *string);
  caller_string_set(string, s);
  return string;
}

static string_t text_n(const char *s, size_t len) { return (string_t){(uint8_t *)s, len}; }

static bool same_text(const string_t *a, const string_t *b) {
  return a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

static bool is(const string_t *a, const char *s) { return a->len == strlen(s) && memcmp(a->ptr, s, a->len) == 0; }

static bool same_f64(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }
static bool same_f32(float a, float b) { return memcmp(&a, &b, sizeof a) == 0; }

static bool same_point(const point_t *a, const point_t *b) { return a->x == b->x && a->y == b->y; }

static bool same_line(const line_t *a, const line_t *b) {
  return same_text(&a->name, &b->name) && same_point(&a->from, &b->from) && same_point(&a->to, &b->to) &&
         same_f64(a->weight, b->weight);
}

static bool same_payload(const payload_t *a, const payload_t *b) {
  if (a->tag != b->tag) return false;
  switch (a->tag) {
    case TEST_VALUES_SHAPES_PAYLOAD_NOTHING:
      return true;
    case TEST_VALUES_SHAPES_PAYLOAD_NUMBER:
      return same_f32(a->val.number, b->val.number);
    case TEST_VALUES_SHAPES_PAYLOAD_LONG:
      return a->val.long_ == b->val.long_;
    case TEST_VALUES_SHAPES_PAYLOAD_TEXT:
      return same_text(&a->val.text, &b->val.text);
    default:
      return same_point(&a->val.place, &b->val.place);
  }
}

static payload_t number_of(float v) { return (payload_t){.tag = TEST_VALUES_SHAPES_PAYLOAD_NUMBER, .val.number = v}; }
static payload_t long_of(int64_t v) { return (payload_t){.tag = TEST_VALUES_SHAPES_PAYLOAD_LONG, .val.long_ = v}; }
static payload_t text_of(const char *s) { return (payload_t){.tag = TEST_VALUES_SHAPES_PAYLOAD_TEXT, .val.text = *text(s)}; }
static payload_t place_of(int32_t x, int32_t y) {
  return (payload_t){.tag = TEST_VALUES_SHAPES_PAYLOAD_PLACE, .val.place = {x, y}};
}

#define PAYLOADS 8
static payload_t before[PAYLOADS], after[PAYLOADS];

static void make_payloads(void) {
  before[0] = after[0] = (payload_t){.tag = TEST_VALUES_SHAPES_PAYLOAD_NOTHING};
  before[1] = number_of(1.5f), after[1] = number_of(-1.5f);
  before[2] = number_of(0.0f), after[2] = number_of(-0.0f);
  before[3] = long_of(INT64_MAX), after[3] = long_of(-INT64_MAX);
  before[4] = long_of(0x100000001), after[4] = long_of(-0x100000001);
  before[5] = text_of(""), after[5] = text_of("!");
  before[6] = text_of("日本"), after[6] = text_of("日本!");
  before[7] = place_of(1, -2), after[7] = place_of(-2, 1);
}

static line_t make_line(int32_t number) {
  char *name = malloc(32);
  snprintf(name, 32, "línea %d", (int)number);
  return (line_t){*text(name), {number, -number}, {INT32_MAX, INT32_MIN}, number / 4.0};
}

static line_t with_ends_exchanged(line_t line) { return (line_t){line.name, line.to, line.from, line.weight}; }

#define INTEGERS(name, label, integer, unsigned_integer, ...)                                                         \
  begin(label);                                                                                                       \
  for (size_t i = 0; i < COUNT(((integer[]){__VA_ARGS__})); i++) {                                                    \
    integer v = ((integer[]){__VA_ARGS__})[i];                                                                        \
    CHECK(SCALARS(name)(v) == (integer)((unsigned_integer)v + 1));                                                    \
  }

static bool integers(void) {
  begin("negate");
  CHECK(SCALARS(negate)(false));
  CHECK(!SCALARS(negate)(true));
  INTEGERS(next_u8, "next-u8", uint8_t, uint8_t, 0, 1, UINT8_MAX / 2, UINT8_MAX - 1, UINT8_MAX)
  INTEGERS(next_s8, "next-s8", int8_t, uint8_t, 0, 1, INT8_MIN, INT8_MAX / 2, INT8_MAX - 1, INT8_MAX)
  INTEGERS(next_u16, "next-u16", uint16_t, uint16_t, 0, 1, UINT16_MAX / 2, UINT16_MAX - 1, UINT16_MAX)
  INTEGERS(next_s16, "next-s16", int16_t, uint16_t, 0, 1, INT16_MIN, INT16_MAX / 2, INT16_MAX - 1, INT16_MAX)
  INTEGERS(next_u32, "next-u32", uint32_t, uint32_t, 0, 1, 0x7F, 0x80, 0x7FFFFFFE)
  INTEGERS(next_s32, "next-s32", int32_t, uint32_t, 0, 1, INT32_MIN, INT32_MAX / 2, INT32_MAX - 1, INT32_MAX)
  INTEGERS(next_u64, "next-u64", uint64_t, uint64_t, 0, 1, UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX)
  INTEGERS(next_s64, "next-s64", int64_t, uint64_t, 0, 1, 0xFFFFFFFF, INT64_MAX / 2, INT64_MAX - 1)
  return true;
}

static bool floats(void) {
  begin("echo-f32");
  const float singles[] = {0.0f, -0.0f, 1.5f, -3.4028234e38f, 3.4028234e38f, 1.17549435e-38f, 1e-45f, INFINITY, -INFINITY};
  for (size_t i = 0; i < COUNT(singles); i++) CHECK(same_f32(SCALARS(echo_f32)(singles[i]), singles[i]));
  CHECK(isnan(SCALARS(echo_f32)(NAN)));
  begin("echo-f64");
  const double doubles[] = {0.0, -0.0, 1.5, -1.7976931348623157e308, 1.7976931348623157e308, 2.2250738585072014e-308,
                            5e-324, INFINITY, -INFINITY};
  for (size_t i = 0; i < COUNT(doubles); i++) CHECK(same_f64(SCALARS(echo_f64)(doubles[i]), doubles[i]));
  CHECK(isnan(SCALARS(echo_f64)(NAN)));
  begin("subtract-f64");
  CHECK(SCALARS(subtract_f64)(1.5, 0.25) == 1.25);
  CHECK(SCALARS(subtract_f64)(0.25, 1.5) == -1.25);
  CHECK(isnan(SCALARS(subtract_f64)(INFINITY, INFINITY)));
  return true;
}

static bool texts(void) {
  begin("echo-char");
  const uint32_t chars[] = {0, 'a', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0x10000, 0x10FFFF};
  for (size_t i = 0; i < COUNT(chars); i++) CHECK(SCALARS(echo_char)(chars[i]) == chars[i]);
  begin("swap-chars");
  caller_tuple2_char32_char32_t swapped;
  SCALARS(swap_chars)('a', 0x10FFFF, &swapped);
  CHECK(swapped.f0 == 0x10FFFF && swapped.f1 == 'a');

  begin("echo-string");
  char *long_text = malloc(2 * MANY);
  for (size_t i = 0; i < MANY; i++) memcpy(long_text + 2 * i, "ж", 2);
  string_t strings[] = {*text(""), *text("a"), *text("plain"), *text("grüße"), *text("日本語"), *text("🦀\xF4\x8F\xBF\xBF"),
                        text_n("\0 and\nmore", 10), text_n(long_text, 2 * MANY)};
  string_t answer;
  for (size_t i = 0; i < COUNT(strings); i++) {
    SCALARS(echo_string)(&strings[i], &answer);
    CHECK(same_text(&answer, &strings[i]));
  }
  begin("join");
  SCALARS(join)(text("a"), text("b"), text("c"), text(", "), &answer);
  CHECK(is(&answer, "a, b, c"));
  SCALARS(join)(text(""), text("ß"), text(""), text(""), &answer);
  CHECK(is(&answer, "ß"));
  SCALARS(join)(text(""), text(""), text(""), text("日"), &answer);
  CHECK(is(&answer, "日日"));
  begin("split");
  caller_list_string_t pieces;
  SCALARS(split)(text(""), &pieces);
  CHECK(pieces.len == 0);
  SCALARS(split)(text("aß日🦀"), &pieces);
  CHECK(pieces.len == 4 && is(&pieces.ptr[0], "a") && is(&pieces.ptr[1], "ß") && is(&pieces.ptr[2], "日") &&
        is(&pieces.ptr[3], "🦀"));
  begin("touch");
  SCALARS(touch)();
  CHECK(true);
  begin("seven");
  CHECK(SCALARS(seven)() == 7);
  begin("sink");
  SCALARS(sink)(text("down it goes"));
  CHECK(true);
  return true;
}

static bool lists_of_numbers(void) {
  begin("echo-bytes");
  caller_list_u8_t bytes = {NULL, 0}, bytes_back;
  LISTS(echo_bytes)(&bytes, &bytes_back);
  CHECK(bytes_back.len == 0);
  bytes = (caller_list_u8_t){malloc(MANY), MANY};
  for (size_t i = 0; i < MANY; i++) bytes.ptr[i] = (uint8_t)(i % 251);
  LISTS(echo_bytes)(&bytes, &bytes_back);
  CHECK(bytes_back.len == MANY && memcmp(bytes.ptr, bytes_back.ptr, MANY) == 0);
  bytes = (caller_list_u8_t){(uint8_t[]){0xFF, 0, 0x80}, 3};
  LISTS(echo_bytes)(&bytes, &bytes_back);
  CHECK(bytes_back.len == 3 && memcmp(bytes.ptr, bytes_back.ptr, 3) == 0);

  begin("sum");
  caller_list_s32_t numbers = {NULL, 0};
  CHECK(LISTS(sum)(&numbers) == 0);
  numbers = (caller_list_s32_t){(int32_t[]){INT32_MAX, INT32_MAX, 3}, 3};
  CHECK(LISTS(sum)(&numbers) == 4294967297);
  numbers = (caller_list_s32_t){malloc(MANY * sizeof(int32_t)), MANY};
  for (int32_t i = 0; i < MANY; i++) numbers.ptr[i] = i;
  CHECK(LISTS(sum)(&numbers) == 49995000);

  begin("reverse-u64");
  caller_list_u64_t longs = {NULL, 0}, longs_back;
  LISTS(reverse_u64)(&longs, &longs_back);
  CHECK(longs_back.len == 0);
  longs = (caller_list_u64_t){(uint64_t[]){0, 1, UINT64_MAX, 1ull << 63}, 4};
  LISTS(reverse_u64)(&longs, &longs_back);
  CHECK(longs_back.len == 4 && longs_back.ptr[0] == 1ull << 63 && longs_back.ptr[1] == UINT64_MAX && longs_back.ptr[2] == 1 &&
        longs_back.ptr[3] == 0);

  begin("reverse-f32");
  caller_list_f32_t singles = {(float[]){1.5f, -2.5f, INFINITY}, 3}, singles_back;
  LISTS(reverse_f32)(&singles, &singles_back);
  CHECK(singles_back.len == 3 && singles_back.ptr[0] == INFINITY && singles_back.ptr[1] == -2.5f && singles_back.ptr[2] == 1.5f);
  singles = (caller_list_f32_t){(float[]){NAN}, 1};
  LISTS(reverse_f32)(&singles, &singles_back);
  CHECK(singles_back.len == 1 && isnan(singles_back.ptr[0]));

  begin("negate-all");
  caller_list_bool_t bools = {NULL, 0}, bools_back;
  LISTS(negate_all)(&bools, &bools_back);
  CHECK(bools_back.len == 0);
  bools = (caller_list_bool_t){(bool[]){true, false, false}, 3};
  LISTS(negate_all)(&bools, &bools_back);
  CHECK(bools_back.len == 3 && !bools_back.ptr[0] && bools_back.ptr[1] && bools_back.ptr[2]);
  return true;
}

static bool lists_of_texts(void) {
  begin("spell");
  caller_list_char32_t chars = {NULL, 0};
  string_t word;
  LISTS(spell)(&chars, &word);
  CHECK(word.len == 0);
  chars = (caller_list_char32_t){(uint32_t[]){'f', 0xFC, 0x65E5, 0x10FFFF}, 4};
  LISTS(spell)(&chars, &word);
  CHECK(is(&word, "fü日\xF4\x8F\xBF\xBF"));

  begin("reverse-strings");
  caller_list_string_t strings = {NULL, 0}, strings_back;
  LISTS(reverse_strings)(&strings, &strings_back);
  CHECK(strings_back.len == 0);
  strings = (caller_list_string_t){(string_t[]){*text(""), *text("zwei"), *text("три")}, 3};
  LISTS(reverse_strings)(&strings, &strings_back);
  CHECK(strings_back.len == 3 && is(&strings_back.ptr[0], "три") && is(&strings_back.ptr[1], "zwei") &&
        strings_back.ptr[2].len == 0);
  strings = (caller_list_string_t){malloc(MANY * sizeof(string_t)), MANY};
  for (unsigned i = 0; i < MANY; i++) {
    char *digits = malloc(8);
    snprintf(digits, 8, "%u", i);
    caller_string_set(&strings.ptr[i], digits);
  }
  LISTS(reverse_strings)(&strings, &strings_back);
  bool all = strings_back.len == MANY;
  for (size_t i = 0; all && i < MANY; i++) all = same_text(&strings.ptr[i], &strings_back.ptr[MANY - 1 - i]);
  CHECK(all);

  begin("reverse-nested");
  caller_list_list_u16_t nested = {NULL, 0}, nested_back;
  LISTS(reverse_nested)(&nested, &nested_back);
  CHECK(nested_back.len == 0);
  caller_list_u16_t inner[] = {{(uint16_t[]){1, 2, UINT16_MAX}, 3}, {NULL, 0}, {(uint16_t[]){4}, 1}};
  nested = (caller_list_list_u16_t){inner, 3};
  LISTS(reverse_nested)(&nested, &nested_back);
  CHECK(nested_back.len == 3 && nested_back.ptr[0].len == 1 && nested_back.ptr[0].ptr[0] == 4 && nested_back.ptr[1].len == 0 &&
        nested_back.ptr[2].len == 3);
  const caller_list_u16_t *last = &nested_back.ptr[2];
  CHECK(last->ptr[0] == UINT16_MAX && last->ptr[1] == 2 && last->ptr[2] == 1);
  return true;
}

static bool lists_of_records(void) {
  begin("move-points");
  point_t by = {1, -1};
  LISTS(points_t) points = {NULL, 0}, points_back;
  LISTS(move_points)(&points, &by, &points_back);
  CHECK(points_back.len == 0);
  points = (LISTS(points_t)){malloc(MANY * sizeof(point_t)), MANY};
  for (int32_t i = 0; i < MANY; i++) points.ptr[i] = (point_t){i, -i};
  LISTS(move_points)(&points, &by, &points_back);
  bool all = points_back.len == MANY;
  for (int32_t i = 0; all && i < MANY; i++) all = same_point(&points_back.ptr[i], &(point_t){i + 1, -i - 1});
  CHECK(all);
  points = (LISTS(points_t)){(point_t[]){{INT32_MAX, INT32_MIN}}, 1};
  LISTS(move_points)(&points, &by, &points_back);
  CHECK(points_back.len == 1 && same_point(&points_back.ptr[0], &(point_t){INT32_MIN, INT32_MAX}));

  begin("reverse-lines");
  LISTS(list_line_t) lines = {NULL, 0}, lines_back;
  LISTS(reverse_lines)(&lines, &lines_back);
  CHECK(lines_back.len == 0);
  lines = (LISTS(list_line_t)){malloc(100 * sizeof(line_t)), 100};
  for (int32_t i = 0; i < 100; i++) lines.ptr[i] = make_line(i);
  LISTS(reverse_lines)(&lines, &lines_back);
  all = lines_back.len == 100;
  for (size_t i = 0; all && i < 100; i++) {
    line_t expected = with_ends_exchanged(lines.ptr[i]);
    all = same_line(&lines_back.ptr[99 - i], &expected);
  }
  CHECK(all);

  begin("swap-pairs");
  caller_list_tuple2_u8_string_t pairs = {NULL, 0};
  caller_list_tuple2_string_u8_t pairs_back;
  LISTS(swap_pairs)(&pairs, &pairs_back);
  CHECK(pairs_back.len == 0);
  pairs = (caller_list_tuple2_u8_string_t){(caller_tuple2_u8_string_t[]){{0, *text("")}, {255, *text("ü")}}, 2};
  LISTS(swap_pairs)(&pairs, &pairs_back);
  CHECK(pairs_back.len == 2 && pairs_back.ptr[0].f0.len == 0 && pairs_back.ptr[0].f1 == 0 && is(&pairs_back.ptr[1].f0, "ü") &&
        pairs_back.ptr[1].f1 == 255);
  return true;
}

static bool lists_of_cases(void) {
  begin("next-payloads");
  LISTS(list_payload_t) payloads = {NULL, 0}, payloads_back;
  LISTS(next_payloads)(&payloads, &payloads_back);
  CHECK(payloads_back.len == 0);
  payloads = (LISTS(list_payload_t)){before, PAYLOADS};
  LISTS(next_payloads)(&payloads, &payloads_back);
  bool all = payloads_back.len == PAYLOADS;
  for (size_t i = 0; all && i < PAYLOADS; i++) all = same_payload(&payloads_back.ptr[i], &after[i]);
  CHECK(all);

  begin("next-colors");
  LISTS(list_color_t) colors = {(color_t[]){0, 1, 2}, 3}, colors_back;
  LISTS(next_colors)(&colors, &colors_back);
  CHECK(colors_back.len == 3 && colors_back.ptr[0] == 1 && colors_back.ptr[1] == 2 && colors_back.ptr[2] == 0);

  begin("reverse-options");
  caller_option_string_t some[] = {{.is_some = false}, {true, *text("")}, {true, *text("x")}};
  caller_list_option_string_t options = {some, 3}, options_back;
  LISTS(reverse_options)(&options, &options_back);
  CHECK(options_back.len == 3 && options_back.ptr[0].is_some && is(&options_back.ptr[0].val, "x") &&
        options_back.ptr[1].is_some && options_back.ptr[1].val.len == 0 && !options_back.ptr[2].is_some);

  begin("flip-results");
  LISTS(result_s32_string_t) four[] = {
      {.is_err = false, .val.ok = INT32_MIN}, {.is_err = true, .val.err = *text("not")},
      {.is_err = false, .val.ok = 7},         {.is_err = true, .val.err = *text("")}};
  LISTS(list_result_s32_string_t) results = {four, 4};
  LISTS(list_result_string_s32_t) flipped;
  LISTS(flip_results)(&results, &flipped);
  CHECK(flipped.len == 4 && flipped.ptr[0].is_err && flipped.ptr[0].val.err == INT32_MIN && !flipped.ptr[1].is_err &&
        is(&flipped.ptr[1].val.ok, "not") && flipped.ptr[2].is_err && flipped.ptr[2].val.err == 7 && !flipped.ptr[3].is_err &&
        flipped.ptr[3].val.ok.len == 0);
  return true;
}

static bool records(void) {
  begin("swap-pair");
  caller_tuple2_u8_string_t pair = {200, *text("ü")};
  caller_tuple2_string_u8_t swapped;
  COMPOUNDS(swap_pair)(&pair, &swapped);
  CHECK(is(&swapped.f0, "ü") && swapped.f1 == 200);

  begin("turn");
  const int32_t numbers[] = {1, -8};
  const char *const names[] = {"línea 1~", "línea -8~"};
  for (size_t i = 0; i < 2; i++) {
    line_t line = make_line(numbers[i]), turned, expected = with_ends_exchanged(line);
    expected.name = *text(names[i]);
    expected.weight = -expected.weight;
    COMPOUNDS(turn)(&line, &turned);
    CHECK(same_line(&turned, &expected));
  }

  begin("next-everything");
  COMPOUNDS(everything_t) largest = {.a = true, .b = UINT8_MAX, .c = INT16_MAX, .d = 0, .e = UINT32_MAX, .f = INT8_MAX,
      .g = UINT64_MAX, .h = 0.5f, .i = INT64_MAX, .j = 0x10FFFF, .k = 0.0, .l = UINT16_MAX, .m = *text(""), .n = INT32_MAX,
      .o = {true, UINT64_MAX}, .p = TEST_VALUES_SHAPES_COLOR_BLUE, .q = {(uint8_t[]){1, 2, 255}, 3}};
  COMPOUNDS(everything_t) v;
  COMPOUNDS(next_everything)(&largest, &v);
  CHECK(v.b == 0 && v.c == INT16_MIN && v.d == 1 && v.e == 0 && v.f == INT8_MIN && v.g == 0 && v.i == INT64_MIN && v.l == 0 &&
        v.n == INT32_MIN);
  CHECK(v.h == 1.5f && same_f64(v.k, -0.0) && !v.a);
  CHECK(v.j == 0x10FFFF && is(&v.m, "+") && v.o.is_some && v.o.val == 0);
  CHECK(v.p == TEST_VALUES_SHAPES_COLOR_RED && v.q.len == 3 && v.q.ptr[0] == 255 && v.q.ptr[1] == 2 && v.q.ptr[2] == 1);
  COMPOUNDS(everything_t) small = v;
  small.a = false;
  small.j = 'j';
  small.m = *text("mm");
  small.o.is_some = false;
  small.p = TEST_VALUES_SHAPES_COLOR_RED;
  small.q.len = 0;
  COMPOUNDS(next_everything)(&small, &v);
  CHECK(v.a && v.j == 'j' && is(&v.m, "mm+") && !v.o.is_some);
  CHECK(v.p == TEST_VALUES_SHAPES_COLOR_GREEN && v.q.len == 0 && v.d == 2 && v.h == 2.5f);
  return true;
}

static bool cases(void) {
  begin("next-payload");
  for (size_t i = 0; i < PAYLOADS; i++) {
    payload_t answer;
    COMPOUNDS(next_payload)(&before[i], &answer);
    CHECK(same_payload(&answer, &after[i]));
  }
  begin("kind");
  const char *const kinds[] = {"nothing", "number", "number", "long", "long", "text", "text", "place"};
  for (size_t i = 0; i < PAYLOADS; i++) {
    string_t kind;
    COMPOUNDS(kind)(&before[i], &kind);
    CHECK(is(&kind, kinds[i]));
  }
  begin("next-color");
  for (color_t color = 0; color < 3; color++) CHECK(COMPOUNDS(next_color)(color) == (color + 1) % 3);
  begin("next-big");
  const COMPOUNDS(big_t) big[] = {0, 254, 255, 256, 299};
  for (size_t i = 0; i < COUNT(big); i++) CHECK(COMPOUNDS(next_big)(big[i]) == (big[i] + 1) % 300);
  return true;
}

static bool flags(void) {
  begin("invert");
  COMPOUNDS(tuple4_flags1_flags8_flags9_flags32_t) v;
  COMPOUNDS(invert)(0, 0, 0, 0, &v);
  CHECK(v.f0 == 1 && v.f1 == 0xFF && v.f2 == 0x1FF && v.f3 == UINT32_MAX);
  COMPOUNDS(invert)(1, 0xFF, 0x1FF, UINT32_MAX, &v);
  CHECK(v.f0 == 0 && v.f1 == 0 && v.f2 == 0 && v.f3 == 0);
  COMPOUNDS(invert)(1, 0x81, 0x100, 0x80010002, &v);
  CHECK(v.f0 == 0 && v.f1 == 0x7E && v.f2 == 0xFF && v.f3 == 0x7FFEFFFD);
  return true;
}

static bool options(void) {
  begin("next-option");
  uint32_t number;
  CHECK(!COMPOUNDS(next_option)(NULL, &number));
  CHECK(COMPOUNDS(next_option)(&(uint32_t){0}, &number) && number == 1);
  CHECK(COMPOUNDS(next_option)(&(uint32_t){INT32_MAX}, &number) && number == 0x80000000);

  begin("next-nested");
  caller_option_string_t nested = {.is_some = false}, nested_back;
  CHECK(COMPOUNDS(next_nested)(NULL, &nested_back) && !nested_back.is_some);
  CHECK(COMPOUNDS(next_nested)(&nested, &nested_back) && nested_back.is_some && is(&nested_back.val, "new"));
  nested = (caller_option_string_t){true, *text("")};
  CHECK(!COMPOUNDS(next_nested)(&nested, &nested_back));

  begin("echo-deep");
  caller_option_option_u8_t back;
  CHECK(!COMPOUNDS(echo_deep)(NULL, &back));
  CHECK(COMPOUNDS(echo_deep)(&(caller_option_option_u8_t){.is_some = false}, &back) && !back.is_some);
  CHECK(COMPOUNDS(echo_deep)(&(caller_option_option_u8_t){true, {.is_some = false}}, &back) && back.is_some && !back.val.is_some);
  for (unsigned v = 0; v <= 255; v += 255) {
    caller_option_option_u8_t deep = {true, {true, (uint8_t)v}};
    CHECK(COMPOUNDS(echo_deep)(&deep, &back) && back.is_some && back.val.is_some && back.val.val == v);
  }
  return true;
}

static bool results(void) {
  begin("flip");
  COMPOUNDS(result_u8_color_t) v = {.is_err = false, .val.ok = 255};
  color_t color;
  uint8_t number;
  CHECK(!COMPOUNDS(flip)(&v, &color, &number) && number == 255);
  v = (COMPOUNDS(result_u8_color_t)){.is_err = true, .val.err = TEST_VALUES_SHAPES_COLOR_BLUE};
  CHECK(COMPOUNDS(flip)(&v, &color, &number) && color == TEST_VALUES_SHAPES_COLOR_BLUE);
  v.val.err = TEST_VALUES_SHAPES_COLOR_RED;
  CHECK(COMPOUNDS(flip)(&v, &color, &number) && color == TEST_VALUES_SHAPES_COLOR_RED);

  begin("outcome");
  CHECK(COMPOUNDS(outcome)(true));
  CHECK(!COMPOUNDS(outcome)(false));
  begin("only-ok");
  uint32_t value;
  CHECK(COMPOUNDS(only_ok)(INT32_MAX, &value) && value == 2147483647);
  CHECK(!COMPOUNDS(only_ok)(-1, &value));
  begin("only-err");
  string_t message;
  CHECK(COMPOUNDS(only_err)(0, &message));
  CHECK(!COMPOUNDS(only_err)(INT32_MIN, &message) && is(&message, "negative: -2147483648"));
  begin("divide");
  int32_t quotient;
  CHECK(COMPOUNDS(divide)(-7, 2, &quotient, &message) && quotient == -3);
  CHECK(!COMPOUNDS(divide)(1, 0, &quotient, &message) && is(&message, "division by zero"));
  CHECK(!COMPOUNDS(divide)(INT32_MIN, -1, &quotient, &message) && is(&message, "overflow"));

  begin("find");
  line_t found, expected = {*text("ü"), {1, 2}, {3, 4}, 0.5};
  payload_t missing;
  CHECK(COMPOUNDS(find)(text("ü"), &found, &missing) && same_line(&found, &expected));
  CHECK(!COMPOUNDS(find)(text("none"), &found, &missing) && missing.tag == TEST_VALUES_SHAPES_PAYLOAD_NOTHING);
  CHECK(!COMPOUNDS(find)(text("-x"), &found, &missing) && missing.tag == TEST_VALUES_SHAPES_PAYLOAD_TEXT &&
        is(&missing.val.text, "-x"));
  return true;
}

static bool many(void) {
  begin("many");
  string_t answer;
  COMPOUNDS(many)(1, -2, 3, -4, 5, -6, 7, -8, text("neun"), 10, 11, 12, 13, 14, text("fünfzehn"), 16, &answer);
  CHECK(is(&answer, "1,-2,3,-4,5,-6,7,-8,neun,10,11,12,13,14,fünfzehn,16"));
  COMPOUNDS(many)(UINT8_MAX, INT8_MIN, UINT16_MAX, INT16_MIN, UINT32_MAX, INT32_MIN, UINT64_MAX, INT64_MIN, text(""), 0, 0, 0, 0,
                  255, text(""), UINT32_MAX, &answer);
  CHECK(is(&answer,
           "255,-128,65535,-32768,4294967295,-2147483648,18446744073709551615,-9223372036854775808,,0,0,0,0,255,,4294967295"));
  return true;
}

static bool all(void) {
  begin("origin");
  point_t origin;
  SHAPES(origin)(&origin);
  CHECK(origin.x == 7 && origin.y == -7);
  return integers() && floats() && texts() && lists_of_numbers() && lists_of_texts() && lists_of_records() &&
         lists_of_cases() && records() && cases() && flags() && options() && results() && many();
}

static bool wide(void) {
  INTEGERS(next_u32, "next-u32", uint32_t, uint32_t, UINT32_MAX, UINT32_MAX - 1, UINT32_MAX / 2, UINT32_MAX / 2 + 1)
  INTEGERS(next_s64, "next-s64", int64_t, uint64_t, INT64_MIN, INT64_MAX, -1, -2, INT32_MIN)
  begin("sum");
  caller_list_s32_t numbers = {(int32_t[]){INT32_MIN, -1}, 2};
  CHECK(LISTS(sum)(&numbers) == -2147483649);
  begin("next-option");
  uint32_t number;
  CHECK(COMPOUNDS(next_option)(&(uint32_t){UINT32_MAX}, &number) && number == 0);
  begin("next-payload");
  payload_t smallest = long_of(INT64_MIN), answer;
  COMPOUNDS(next_payload)(&smallest, &answer);
  CHECK(same_payload(&answer, &smallest));
  payload_t below = number_of(-0.0f), above = number_of(0.0f);
  COMPOUNDS(next_payload)(&below, &answer);
  CHECK(same_payload(&answer, &above));
  below = number_of(-3.4028234e38f), above = number_of(3.4028234e38f);
  COMPOUNDS(next_payload)(&below, &answer);
  CHECK(same_payload(&answer, &above));
  begin("kind");
  string_t kind;
  COMPOUNDS(kind)(&smallest, &kind);
  CHECK(is(&kind, "long"));
  return true;
}

static bool report(bool (*of)(void), string_t *ret, string_t *err) {
  functions = checks = 0;
  make_payloads();
  if (!of()) {
    caller_string_dup(err, failure);
    return false;
  }
  char summary[64];
  snprintf(summary, sizeof summary, "%u functions, %u checks", functions, checks);
  caller_string_dup(ret, summary);
  return true;
}

bool exports_test_values_check_run(string_t *ret, string_t *err) { return report(all, ret, err); }
bool exports_test_values_check_run_wide(string_t *ret, string_t *err) { return report(wide, ret, err); }
