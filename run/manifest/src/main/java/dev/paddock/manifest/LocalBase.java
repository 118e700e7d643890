package dev.paddock.manifest;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The folder that a manifest's local files lie in. */
public record LocalBase(Path folder) {
  /** What a source names. {@code PERMISSION_DENIED} for one that lies elsewhere, also by a link. */
  Path find(String field, String src) {
    try {
      Path base = folder.toRealPath();
      Path named = base.resolve(src).normalize();
      if (!named.startsWith(base)) {
        throw outside(field, src);
      }
      Path real = named.toRealPath();
      if (!real.equals(named)) {
        throw new ManifestException(
            ErrorCode.PERMISSION_DENIED,
            "%s: \"%s\" leads through a link; name the file itself"
                .formatted(field, Fields.shown(src)));
      }
      return real;
    } catch (IOException | IllegalArgumentException e) {
      throw new ManifestException(
          ErrorCode.NOT_FOUND,
          "%s: there is no \"%s\" in %s".formatted(field, Fields.shown(src), folder),
          e);
    }
  }

  private ManifestException outside(String field, String src) {
    return new ManifestException(
        ErrorCode.PERMISSION_DENIED,
        "%s: \"%s\" lies outside of %s; copy it into that folder"
            .formatted(field, Fields.shown(src), folder));
  }

  Path file(String field, String src) {
    Path file = find(field, src);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw ManifestException.wrong(field, "\"%s\" is no file".formatted(Fields.shown(src)));
    }
    return file;
  }

  Path folder(String field, String src) {
    Path found = find(field, src);
    if (!Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)) {
      throw ManifestException.wrong(field, "\"%s\" is no folder".formatted(Fields.shown(src)));
    }
    return found;
  }
}
