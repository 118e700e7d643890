package dev.paddock.store;

import dev.paddock.core.spi.NewEvent;
import java.time.Instant;
import java.util.Set;

/** An event made ready to be written, outside the writer's thread. */
record EncodedEvent(EventRecord record, Bytes stored, Bytes digest, Set<String> blobs) {

  static EncodedEvent of(NewEvent event, Instant now) {
    EventRecord record = EventRecord.of(event, now);
    Bytes stored = record.encode();
    return new EncodedEvent(record, stored, stored.sha256(), BlobReferences.in(stored.array()));
  }

  long size() {
    return stored.length();
  }
}
