package dev.paddock.extract;

/** Finds a schema's values in documents. */
interface Extractor {
  Row extract(String file, DocumentText document) throws InterruptedException;

  /** How many documents may be worked on at once. */
  int parallel();
}
