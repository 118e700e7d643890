package dev.paddock.extract;

import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.WorkspaceFiles;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The documents of a workspace that can be read as text.
 *
 * @param skipped the reason for each file that was left out
 */
record Documents(Map<String, DocumentText> texts, Map<String, String> skipped) {
  static final int MAX_FILES = 10_000;
  static final long MAX_BYTES = 256 * 1024;
  private static final long MAX_TOTAL_BYTES = 256L << 20;

  static Documents read(WorkspaceFiles files, String glob) {
    List<String> paths = files.glob(glob);
    if (paths.size() > MAX_FILES) {
      throw ExtractException.invalid(
          "\"%s\" matches %d files; at most %d at once, use a narrower pattern"
              .formatted(glob, paths.size(), MAX_FILES));
    }
    Map<String, DocumentText> texts = new LinkedHashMap<>();
    Map<String, String> skipped = new LinkedHashMap<>();
    long total = 0;
    for (String path : paths) {
      try {
        byte[] bytes = files.read(path, MAX_BYTES);
        total += bytes.length;
        if (total > MAX_TOTAL_BYTES) {
          throw ExtractException.invalid(
              "\"%s\" matches more than %d MB; use a narrower pattern"
                  .formatted(glob, MAX_TOTAL_BYTES >> 20));
        }
        String text = decode(bytes);
        if (text.isBlank()) {
          skipped.put(path, "it is empty");
        } else if (text.indexOf('\0') >= 0) {
          skipped.put(path, "it is no text");
        } else {
          texts.put(path, new DocumentText(text));
        }
      } catch (CharacterCodingException e) {
        skipped.put(path, "it is no UTF-8 text");
      } catch (PaddockException e) {
        if (e instanceof ExtractException) {
          throw e;
        }
        skipped.put(path, e.getMessage());
      }
    }
    return new Documents(texts, skipped);
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
