package dev.paddock.manifest;

/**
 * Who may do what with an entry; each of the three is read 4, write 2, execute 1, added up.
 *
 * @param directory whether it is of a folder
 */
public record Permissions(int owner, int group, int other, boolean directory) {
  /** Of entries that say nothing. */
  public static final Permissions USUAL = new Permissions(7, 5, 5, false);

  /** As {@code chmod} takes it. */
  public int mode() {
    return owner << 6 | group << 3 | other;
  }

  Permissions ofFolder() {
    return new Permissions(owner, group, other, true);
  }
}
