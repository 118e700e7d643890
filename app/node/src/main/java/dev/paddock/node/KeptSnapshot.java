package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.sandbox.Skipped;
import dev.paddock.sandbox.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * A snapshot that is kept until someone deletes it.
 *
 * @param digest by which it is named
 * @param from the session whose files it holds, or the archive that they came in
 * @param addedBytes what it took in the store that was not there before
 * @param skipped what was left out, the first of it
 */
public record KeptSnapshot(
    String id,
    String digest,
    String from,
    int files,
    long bytes,
    long addedBytes,
    List<Skipped> skipped,
    int skippedCount,
    String createdAt) {

  static KeptSnapshot of(Resource resource) {
    JsonNode kept = resource.document();
    List<Skipped> skipped = new ArrayList<>();
    kept.path("skipped").forEach(entry -> skipped.add(Json.convert(entry, Skipped.class)));
    return new KeptSnapshot(
        resource.id(),
        kept.path("digest").asText(),
        kept.path("from").asText(),
        kept.path("files").asInt(),
        kept.path("bytes").asLong(),
        kept.path("added_bytes").asLong(),
        skipped,
        kept.path("skipped_count").asInt(),
        resource.createdAt().toString());
  }

  /** As it is stored; that it names every blob keeps them. */
  static ObjectNode document(String id, Snapshot taken, String from) {
    ObjectNode document = Json.object().put("id", id).put("digest", taken.digest());
    document.put("from", from);
    document.put("files", taken.manifest().files()).put("bytes", taken.manifest().bytes());
    document.put("added_bytes", taken.addedBytes());
    List<Skipped> skipped = taken.manifest().skipped();
    document.set("skipped", Json.tree(skipped.subList(0, Math.min(20, skipped.size()))));
    document.put("skipped_count", taken.manifest().skippedCount());
    document.set("parts", Json.tree(taken.blobs()));
    return document;
  }

  /** One line of a list. */
  public ObjectNode json() {
    ObjectNode line = Json.object().put("digest", digest).put("from", from).put("files", files);
    line.put("bytes", bytes).put("added_bytes", addedBytes).put("skipped", skippedCount);
    return line.put("created_at", createdAt);
  }
}
