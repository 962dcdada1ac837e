// The values callee: exports every interface of `test:values`. What each function does is said in its WIT.
// Parameters are the callee's to free, or to hand back as results.

#include "callee.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPES(name) exports_test_values_shapes_##name
#define SCALARS(name) exports_test_values_scalars_##name
#define LISTS(name) exports_test_values_lists_##name
#define COMPOUNDS(name) exports_test_values_compounds_##name

typedef callee_string_t string_t;
typedef SHAPES(point_t) point_t;
typedef SHAPES(line_t) line_t;
typedef SHAPES(payload_t) payload_t;
typedef SHAPES(color_t) color_t;

static void *allocate(size_t size) {
  void *memory = malloc(size == 0 ? 1 : size);
  if (memory == NULL) abort();
  return memory;
}

#define REVERSE(list)                                                                  \
  for (size_t low = 0, high = (list)->len; low + 1 < high; low++, high--) {            \
    __typeof__(*(list)->ptr) kept = (list)->ptr[low];                                  \
    (list)->ptr[low] = (list)->ptr[high - 1];                                          \
    (list)->ptr[high - 1] = kept;                                                      \
  }

// The bytes of a character by its first byte.
static size_t width(uint8_t first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static void append(string_t *text, const char *more, size_t len) {
  string_t longer = {.ptr = allocate(text->len + len), .len = text->len + len};
  memcpy(longer.ptr, text->ptr, text->len);
  memcpy(longer.ptr + text->len, more, len);
  callee_string_free(text);
  *text = longer;
}

static void exchange_ends(line_t *line) {
  point_t from = line->from;
  line->from = line->to;
  line->to = from;
}

static void change_payload(payload_t *payload) {
  switch (payload->tag) {
    case EXPORTS_TEST_VALUES_SHAPES_PAYLOAD_NUMBER:
      payload->val.number = -payload->val.number;
      break;
    case EXPORTS_TEST_VALUES_SHAPES_PAYLOAD_LONG:
      payload->val.long_ = (int64_t)(0 - (uint64_t)payload->val.long_);
      break;
    case EXPORTS_TEST_VALUES_SHAPES_PAYLOAD_TEXT:
      append(&payload->val.text, "!", 1);
      break;
    case EXPORTS_TEST_VALUES_SHAPES_PAYLOAD_PLACE: {
      int32_t x = payload->val.place.x;
      payload->val.place.x = payload->val.place.y;
      payload->val.place.y = x;
      break;
    }
  }
}

static color_t color_after(color_t color) { return (color_t)((color + 1) % 3); }

void SHAPES(origin)(point_t *ret) {
  ret->x = 7;
  ret->y = -7;
}

bool SCALARS(negate)(bool v) { return !v; }
uint8_t SCALARS(next_u8)(uint8_t v) { return (uint8_t)(v + 1); }
int8_t SCALARS(next_s8)(int8_t v) { return (int8_t)(v + 1); }
uint16_t SCALARS(next_u16)(uint16_t v) { return (uint16_t)(v + 1); }
int16_t SCALARS(next_s16)(int16_t v) { return (int16_t)(v + 1); }
uint32_t SCALARS(next_u32)(uint32_t v) { return v + 1; }
int32_t SCALARS(next_s32)(int32_t v) { return (int32_t)((uint32_t)v + 1); }
uint64_t SCALARS(next_u64)(uint64_t v) { return v + 1; }
int64_t SCALARS(next_s64)(int64_t v) { return (int64_t)((uint64_t)v + 1); }
float SCALARS(echo_f32)(float v) { return v; }
double SCALARS(echo_f64)(double v) { return v; }
double SCALARS(subtract_f64)(double a, double b) { return a - b; }
uint32_t SCALARS(echo_char)(uint32_t v) { return v; }

void SCALARS(swap_chars)(uint32_t a, uint32_t b, callee_tuple2_char32_char32_t *ret) {
  ret->f0 = b;
  ret->f1 = a;
}

void SCALARS(echo_string)(string_t *v, string_t *ret) { *ret = *v; }

void SCALARS(join)(string_t *a, string_t *b, string_t *c, string_t *separator, string_t *ret) {
  *ret = *a;
  append(ret, (const char *)separator->ptr, separator->len);
  append(ret, (const char *)b->ptr, b->len);
  append(ret, (const char *)separator->ptr, separator->len);
  append(ret, (const char *)c->ptr, c->len);
  callee_string_free(b);
  callee_string_free(c);
  callee_string_free(separator);
}

void SCALARS(split)(string_t *text, callee_list_string_t *ret) {
  size_t count = 0;
  for (size_t at = 0; at < text->len; at += width(text->ptr[at])) count++;
  ret->ptr = allocate(count * sizeof *ret->ptr);
  ret->len = count;
  for (size_t at = 0, i = 0; at < text->len; i++) {
    size_t len = width(text->ptr[at]);
    callee_string_dup_n(&ret->ptr[i], (const char *)text->ptr + at, len);
    at += len;
  }
  callee_string_free(text);
}

void SCALARS(touch)(void) {}
uint8_t SCALARS(seven)(void) { return 7; }
void SCALARS(sink)(string_t *text) { callee_string_free(text); }

void LISTS(echo_bytes)(callee_list_u8_t *v, callee_list_u8_t *ret) { *ret = *v; }

int64_t LISTS(sum)(callee_list_s32_t *v) {
  int64_t sum = 0;
  for (size_t i = 0; i < v->len; i++) sum += v->ptr[i];
  callee_list_s32_free(v);
  return sum;
}

void LISTS(reverse_u64)(callee_list_u64_t *v, callee_list_u64_t *ret) {
  REVERSE(v);
  *ret = *v;
}

void LISTS(reverse_f32)(callee_list_f32_t *v, callee_list_f32_t *ret) {
  REVERSE(v);
  *ret = *v;
}

void LISTS(negate_all)(callee_list_bool_t *v, callee_list_bool_t *ret) {
  for (size_t i = 0; i < v->len; i++) v->ptr[i] = !v->ptr[i];
  *ret = *v;
}

void LISTS(spell)(callee_list_char32_t *v, string_t *ret) {
  ret->ptr = allocate(v->len * 4);
  ret->len = 0;
  for (size_t i = 0; i < v->len; i++) {
    uint32_t c = v->ptr[i];
    uint8_t *out = ret->ptr + ret->len;
    if (c < 0x80) {
      out[0] = (uint8_t)c;
      ret->len += 1;
    } else if (c < 0x800) {
      out[0] = (uint8_t)(0xC0 | c >> 6);
      out[1] = (uint8_t)(0x80 | (c & 0x3F));
      ret->len += 2;
    } else if (c < 0x10000) {
      out[0] = (uint8_t)(0xE0 | c >> 12);
      out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
      out[2] = (uint8_t)(0x80 | (c & 0x3F));
      ret->len += 3;
    } else {
      out[0] = (uint8_t)(0xF0 | c >> 18);
      out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
      out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
      out[3] = (uint8_t)(0x80 | (c & 0x3F));
      ret->len += 4;
    }
  }
  callee_list_char32_free(v);
}

void LISTS(reverse_strings)(callee_list_string_t *v, callee_list_string_t *ret) {
  REVERSE(v);
  *ret = *v;
}

void LISTS(reverse_nested)(callee_list_list_u16_t *v, callee_list_list_u16_t *ret) {
  for (size_t i = 0; i < v->len; i++) REVERSE(&v->ptr[i]);
  REVERSE(v);
  *ret = *v;
}

void LISTS(move_points)(LISTS(points_t) *v, point_t *by, LISTS(points_t) *ret) {
  for (size_t i = 0; i < v->len; i++) {
    v->ptr[i].x = (int32_t)((uint32_t)v->ptr[i].x + (uint32_t)by->x);
    v->ptr[i].y = (int32_t)((uint32_t)v->ptr[i].y + (uint32_t)by->y);
  }
  *ret = *v;
}

void LISTS(reverse_lines)(LISTS(list_line_t) *v, LISTS(list_line_t) *ret) {
  for (size_t i = 0; i < v->len; i++) exchange_ends(&v->ptr[i]);
  REVERSE(v);
  *ret = *v;
}

void LISTS(swap_pairs)(callee_list_tuple2_u8_string_t *v, callee_list_tuple2_string_u8_t *ret) {
  ret->ptr = allocate(v->len * sizeof *ret->ptr);
  ret->len = v->len;
  for (size_t i = 0; i < v->len; i++) {
    ret->ptr[i].f0 = v->ptr[i].f1;
    ret->ptr[i].f1 = v->ptr[i].f0;
  }
  if (v->len > 0) free(v->ptr);
}

void LISTS(next_payloads)(LISTS(list_payload_t) *v, LISTS(list_payload_t) *ret) {
  for (size_t i = 0; i < v->len; i++) change_payload(&v->ptr[i]);
  *ret = *v;
}

void LISTS(next_colors)(LISTS(list_color_t) *v, LISTS(list_color_t) *ret) {
  for (size_t i = 0; i < v->len; i++) v->ptr[i] = color_after(v->ptr[i]);
  *ret = *v;
}

void LISTS(reverse_options)(callee_list_option_string_t *v, callee_list_option_string_t *ret) {
  REVERSE(v);
  *ret = *v;
}

void LISTS(flip_results)(LISTS(list_result_s32_string_t) *v, LISTS(list_result_string_s32_t) *ret) {
  ret->ptr = allocate(v->len * sizeof *ret->ptr);
  ret->len = v->len;
  for (size_t i = 0; i < v->len; i++) {
    ret->ptr[i].is_err = !v->ptr[i].is_err;
    if (v->ptr[i].is_err) {
      ret->ptr[i].val.ok = v->ptr[i].val.err;
    } else {
      ret->ptr[i].val.err = v->ptr[i].val.ok;
    }
  }
  if (v->len > 0) free(v->ptr);
}

void COMPOUNDS(swap_pair)(callee_tuple2_u8_string_t *v, callee_tuple2_string_u8_t *ret) {
  ret->f0 = v->f1;
  ret->f1 = v->f0;
}

void COMPOUNDS(turn)(line_t *v, line_t *ret) {
  exchange_ends(v);
  append(&v->name, "~", 1);
  v->weight = -v->weight;
  *ret = *v;
}

void COMPOUNDS(next_everything)(COMPOUNDS(everything_t) *v, COMPOUNDS(everything_t) *ret) {
  v->a = !v->a;
  v->b = (uint8_t)(v->b + 1);
  v->c = (int16_t)(v->c + 1);
  v->d = (uint8_t)(v->d + 1);
  v->e += 1;
  v->f = (int8_t)(v->f + 1);
  v->g += 1;
  v->h += 1;
  v->i = (int64_t)((uint64_t)v->i + 1);
  v->k = -v->k;
  v->l = (uint16_t)(v->l + 1);
  append(&v->m, "+", 1);
  v->n = (int32_t)((uint32_t)v->n + 1);
  v->o.val += 1;
  v->p = color_after(v->p);
  REVERSE(&v->q);
  *ret = *v;
}

void COMPOUNDS(next_payload)(payload_t *v, payload_t *ret) {
  change_payload(v);
  *ret = *v;
}

void COMPOUNDS(kind)(payload_t *v, string_t *ret) {
  static const char *const names[] = {"nothing", "number", "long", "text", "place"};
  callee_string_dup(ret, names[v->tag]);
  SHAPES(payload_free)(v);
}

color_t COMPOUNDS(next_color)(color_t v) { return color_after(v); }
COMPOUNDS(big_t) COMPOUNDS(next_big)(COMPOUNDS(big_t) v) { return (COMPOUNDS(big_t))((v + 1) % 300); }

void COMPOUNDS(invert)(COMPOUNDS(flags1_t) a, COMPOUNDS(flags8_t) b, COMPOUNDS(flags9_t) c, COMPOUNDS(flags32_t) d,
                       COMPOUNDS(tuple4_flags1_flags8_flags9_flags32_t) *ret) {
  ret->f0 = (COMPOUNDS(flags1_t))(~a & 0x1);
  ret->f1 = (COMPOUNDS(flags8_t))(~b & 0xFF);
  ret->f2 = (COMPOUNDS(flags9_t))(~c & 0x1FF);
  ret->f3 = ~d;
}

bool COMPOUNDS(next_option)(uint32_t *maybe_v, uint32_t *ret) {
  if (maybe_v == NULL) return false;
  *ret = *maybe_v + 1;
  return true;
}

bool COMPOUNDS(next_nested)(callee_option_string_t *maybe_v, callee_option_string_t *ret) {
  if (maybe_v == NULL) {
    ret->is_some = false;
    return true;
  }
  if (!maybe_v->is_some) {
    ret->is_some = true;
    callee_string_dup(&ret->val, "new");
    return true;
  }
  callee_option_string_free(maybe_v);
  return false;
}

bool COMPOUNDS(echo_deep)(callee_option_option_u8_t *maybe_v, callee_option_option_u8_t *ret) {
  if (maybe_v == NULL) return false;
  *ret = *maybe_v;
  return true;
}

bool COMPOUNDS(flip)(COMPOUNDS(result_u8_color_t) *v, color_t *ret, uint8_t *err) {
  if (v->is_err) {
    *ret = v->val.err;
    return true;
  }
  *err = v->val.ok;
  return false;
}

bool COMPOUNDS(outcome)(bool v) { return v; }

bool COMPOUNDS(only_ok)(int32_t v, uint32_t *ret) {
  *ret = (uint32_t)v;
  return v >= 0;
}

bool COMPOUNDS(only_err)(int32_t v, string_t *err) {
  if (v >= 0) return true;
  char text[32];
  snprintf(text, sizeof text, "negative: %" PRId32, v);
  callee_string_dup(err, text);
  return false;
}

bool COMPOUNDS(divide)(int32_t a, int32_t b, int32_t *ret, string_t *err) {
  if (b == 0 || (a == INT32_MIN && b == -1)) {
    callee_string_dup(err, b == 0 ? "division by zero" : "overflow");
    return false;
  }
  *ret = a / b;
  return true;
}

bool COMPOUNDS(find)(string_t *name, line_t *ret, payload_t *err) {
  if (name->len == 4 && memcmp(name->ptr, "none", 4) == 0) {
    err->tag = EXPORTS_TEST_VALUES_SHAPES_PAYLOAD_NOTHING;
    callee_string_free(name);
    return false;
  }
  if (name->len > 0 && name->ptr[0] == '-') {
    err->tag = EXPORTS_TEST_VALUES_SHAPES_PAYLOAD_TEXT;
    err->val.text = *name;
    return false;
  }
  *ret = (line_t){.name = *name, .from = {1, 2}, .to = {3, 4}, .weight = 0.5};
  return true;
}

void COMPOUNDS(many)(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e, int32_t f, uint64_t g, int64_t h, string_t *i,
                     uint8_t j, uint8_t k, uint8_t l, uint8_t m, uint8_t n, string_t *o, uint32_t p, string_t *ret) {
  size_t size = 256 + i->len + o->len;
  ret->ptr = allocate(size);
  int len = snprintf((char *)ret->ptr, size,
                     "%u,%d,%u,%d,%" PRIu32 ",%" PRId32 ",%" PRIu64 ",%" PRId64 ",%.*s,%u,%u,%u,%u,%u,%.*s,%" PRIu32, a, b, c,
                     d, e, f, g, h, (int)i->len, (const char *)i->ptr, j, k, l, m, n, (int)o->len, (const char *)o->ptr, p);
  if (len < 0) abort();
  ret->len = (size_t)len;
  callee_string_free(i);
  callee_string_free(o);
}
