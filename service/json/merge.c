// Applies JSON merge patches.
#include "json/merge.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>

static bool merge_member(cJSON *target, const cJSON *patch) {
  cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(target, patch->string);
  if (cJSON_IsNull(patch)) {
    cJSON_Delete(old);
    return true;
  }
  cJSON *made = merge_patch(old, patch);
  if (made && cJSON_AddItemToObject(target, patch->string, made)) return true;
  cJSON_Delete(made);
  return false;
}

struct cJSON *merge_patch(struct cJSON *target, const struct cJSON *patch) {
  if (!cJSON_IsObject(patch)) {
    cJSON_Delete(target);
    return cJSON_Duplicate(patch, true);
  }
  if (!cJSON_IsObject(target)) {
    cJSON_Delete(target);
    target = cJSON_CreateObject();
  }
  bool sound = target != NULL;
  for (const cJSON *member = patch->child; sound && member; member = member->next)
    sound = merge_member(target, member);
  if (sound) return target;
  cJSON_Delete(target);
  return NULL;
}
