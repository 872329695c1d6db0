/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Walks the members of a small JSON object without making a tree: for the one event that a stream repeats a thousand
 * times. Whatever is unusual ends the walk, and the tree is asked; so what is accepted here must be JSON that the tree
 * reads alike. Private to this room. */
typedef struct
{
  const char *at, *end;
  gboolean    begun; /* a member of the present object was seen */
  gboolean    spent; /* the last value is behind: what is opened next is none of it */
} PurserQuick;

typedef enum { PURSER_QUICK_NULL, PURSER_QUICK_FALSE, PURSER_QUICK_TRUE, PURSER_QUICK_NUMBER, PURSER_QUICK_STRING, PURSER_QUICK_NOTHING /* an empty list */, PURSER_QUICK_OBJECT, PURSER_QUICK_ARRAY } PurserQuickKind;

typedef struct
{
  const char     *name;   /* not NUL-terminated */
  gsize           name_length;
  PurserQuickKind kind;
  const char     *start;  /* STRING: what stands between the quotes */
  gsize           length;
  gboolean        escaped, foreign; /* STRING: holds escapes; bytes that are not ASCII */
  gint64          number; /* NUMBER: a whole one; others end the walk */
} PurserQuickMember;

/* Steps into the object that stands here. FALSE: there is none. */
gboolean purser_quick_open   (PurserQuick *quick);
/* 1: MEMBER is the next; of an OBJECT or ARRAY the walk stands before its bracket, and the caller steps in. 0: the object is over. -1: ask the tree. */
int      purser_quick_member (PurserQuick *quick, PurserQuickMember *member);
/* Steps into the list that stands here, and out again: only a list of one. */
gboolean purser_quick_open_list  (PurserQuick *quick);
gboolean purser_quick_close_list (PurserQuick *quick);
/* Nothing follows but blanks. */
gboolean purser_quick_is_over (PurserQuick *quick);

gboolean purser_quick_is    (const PurserQuickMember *member, const char *name);
gboolean purser_quick_is_in (const PurserQuickMember *member, const char *const *names);
/* Whether it is the string TEXT, without escapes. */
gboolean purser_quick_says  (const PurserQuickMember *member, const char *text);
/* null, or "": what the readers take for nothing. */
gboolean purser_quick_is_idle (const PurserQuickMember *member);
/* The string's text into OUT. FALSE: ask the tree. */
gboolean purser_quick_text  (const PurserQuickMember *member, GString *out);

G_END_DECLS
