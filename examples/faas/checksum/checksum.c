// Sums over bytes.

#include "checksum.h"

uint32_t exports_example_checksum_sums_crc32(checksum_list_u8_t *data) {
  uint32_t sum = 0xFFFFFFFF;
  for (size_t i = 0; i < data->len; i++) {
    sum ^= data->ptr[i];
    for (int bit = 0; bit < 8; bit++) sum = sum & 1 ? sum >> 1 ^ 0xEDB88320 : sum >> 1;
  }
  checksum_list_u8_free(data);
  return ~sum;
}
