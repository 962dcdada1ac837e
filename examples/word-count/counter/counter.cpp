// The counter: the hot loop. Knows nothing of files, of servers and of Python.

#include "counting.h"

#include <cstdlib>
#include <string>
#include <unordered_map>

static bool is_letter(unsigned char byte) {
  return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool exports_example_words_counter_count(counting_string_t *text, exports_example_words_counter_list_tally_t *tallies,
                                         exports_example_words_counter_status_t *) {
  std::unordered_map<std::string, uint64_t> times;
  std::string word;
  for (size_t at = 0; at < text->len; at++) {
    unsigned char byte = text->ptr[at];
    if (is_letter(byte)) {
      word += byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
    } else if (!word.empty()) {
      times[word]++;
      word.clear();
    }
  }
  if (!word.empty()) times[word]++;
  counting_string_free(text);

  // The caller gets this memory, and frees it.
  auto tally = static_cast<example_words_tallies_tally_t *>(malloc(times.size() * sizeof(example_words_tallies_tally_t)));
  *tallies = {tally, times.size()};
  for (const auto &[word, count] : times) {
    counting_string_dup_n(&tally->word, word.data(), word.size());
    tally++->times = count;
  }
  return true;
}
