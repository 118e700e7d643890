package dev.paddock.sandbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * What lies beneath a folder, depth first, each folder's names sorted. No link is followed.
 *
 * @param skipped folders that could not be read
 * @param complete false where the limit ended it
 */
record TreeListing(List<Entry> entries, List<Skipped> skipped, boolean complete) {

  /** A path relative to the root that was listed. */
  record Entry(String path, FileKind kind) {}

  /**
   * @param start a folder beneath the root; its own entry is not among the results
   * @param throughLinks whether the way to the start may lead through links
   * @param enter whether a folder's content is wanted
   */
  static TreeListing of(
      RootFolder root, String start, boolean throughLinks, int maxEntries, Predicate<String> enter)
      throws Errno {
    List<Entry> entries = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    Deque<String> folders = new ArrayDeque<>();
    folders.push(start);
    boolean complete = true;
    while (!folders.isEmpty() && complete) {
      String folder = folders.pop();
      List<Entry> inside = new ArrayList<>();
      int room = maxEntries - entries.size();
      try {
        root.list(
            folder,
            throughLinks,
            (name, kind) -> {
              inside.add(new Entry(folder.isEmpty() ? name : folder + "/" + name, kind));
              return inside.size() <= room;
            });
      } catch (Errno e) {
        if (folder.equals(start)) {
          throw e;
        }
        if (!e.is(Errno.ENOENT)) {
          skipped.add(Skipped.of(folder, e));
        }
      }
      if (inside.size() > room) {
        complete = false;
        inside.removeLast();
      }
      inside.removeIf(entry -> tooLong(entry, skipped));
      inside.sort(Comparator.comparing(Entry::path));
      entries.addAll(inside);
      inside.stream()
          .filter(entry -> entry.kind() == FileKind.FOLDER && enter.test(entry.path()))
          .map(Entry::path)
          .sorted(Collections.reverseOrder())
          .forEach(folders::push);
    }
    return new TreeListing(entries, skipped, complete && folders.isEmpty());
  }

  private static boolean tooLong(Entry entry, List<Skipped> skipped) {
    if (PathText.fits(entry.path())) {
      return false;
    }
    skipped.add(
        new Skipped(
            entry.path(), "its path is longer than %,d bytes".formatted(PathText.MAX_BYTES)));
    return true;
  }
}
