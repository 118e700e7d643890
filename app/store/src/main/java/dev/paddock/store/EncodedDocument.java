package dev.paddock.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

/** A document made ready to be written, outside the writer's thread. */
record EncodedDocument(String json, Set<String> blobs, Instant now) {

  /** {@code what} names its owner in the message of a failure. */
  static EncodedDocument of(ObjectNode document, String what, Instant now) {
    String json = Json.write(document);
    if (json.length() > EventRecord.MAX_BYTES) {
      throw new StoreException(
          ErrorCode.LIMIT_EXCEEDED,
          "the document of %s has %,d characters, the store takes up to %,d; store content as files"
              .formatted(what, json.length(), EventRecord.MAX_BYTES));
    }
    return new EncodedDocument(json, BlobReferences.in(json.getBytes(StandardCharsets.UTF_8)), now);
  }

  int size() {
    return json.length();
  }
}
