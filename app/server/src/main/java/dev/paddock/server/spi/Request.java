package dev.paddock.server.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A request whose caller is known and may do this. The body is read once. */
public interface Request {
  RequestHead head();

  /** A parameter of the route's template, decoded. */
  String parameter(String name);

  Caller caller();

  /** Also in the answer's header and in the log. */
  String id();

  /**
   * The body as a JSON object. No body is an empty object.
   *
   * @throws ServerException {@code INVALID_REQUEST} with the place: not JSON, not an object, a key
   *     twice, too deep, bad UTF-8
   */
  ObjectNode json() throws IOException;

  /** The body as any JSON value, under the same rules. */
  JsonNode anyJson() throws IOException;

  byte[] bytes() throws IOException;

  /** The body as a stream, bounded by the route's limit. */
  InputStream stream() throws IOException;

  /**
   * The parts of a {@code multipart/form-data} body in order. Parts with a file name are stored as
   * blobs while they are read.
   */
  List<Part> multipart() throws IOException;

  /**
   * Scheme and authority as the client used them, such as {@code https://agents.example:8443}; for
   * answers that must name an absolute address.
   */
  default String origin() {
    String scheme = head().header("x-forwarded-proto").filter("https"::equals).orElse("http");
    return scheme + "://" + head().header("host").orElse("127.0.0.1");
  }

  /** Whether the client has hung up; long work looks now and then. */
  boolean gone();

  /**
   * A part of a form.
   *
   * @param fileName as sent; hostile, never a path to use
   * @param sha256 of the stored bytes, where it was a file
   * @param text where it was a field
   */
  record Part(
      String name,
      Optional<String> fileName,
      Optional<String> contentType,
      Optional<String> sha256,
      long size,
      Optional<String> text) {}
}
