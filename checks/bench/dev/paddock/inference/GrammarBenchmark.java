package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a mask costs for each token, over a vocabulary of the size of the embedded model's. */
public final class GrammarBenchmark {
  private static final int ROUNDS = 20;

  private static final Map<String, String> SCHEMAS = new LinkedHashMap<>();

  static {
    SCHEMAS.put(
        "flat object",
        """
        {"type": "object", "properties": {
          "vendor": {"type": "string"}, "number": {"type": ["string", "null"]},
          "date": {"type": "string", "format": "date"},
          "currency": {"enum": ["EUR", "USD", "CHF", "GBP"]},
          "total": {"type": "number", "minimum": 0}},
         "required": ["vendor", "number", "date", "currency", "total"],
         "additionalProperties": false}""");
    SCHEMAS.put(
        "bounded strings",
        """
        {"type": "array", "minItems": 3, "maxItems": 8, "items": {"type": "object", "properties": {
          "title": {"type": "string", "minLength": 3, "maxLength": 60},
          "slug": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 40}},
         "required": ["title", "slug"]}}""");
    SCHEMAS.put(
        "recursive union",
        """
        {"$ref": "#/$defs/node", "$defs": {"node": {"anyOf": [
          {"type": "object", "properties": {"op": {"const": "and"}, "args": {"type": "array",
            "items": {"$ref": "#/$defs/node"}}}, "required": ["op", "args"]},
          {"type": "object", "properties": {"op": {"const": "eq"}, "field": {"type": "string"},
            "value": {"type": ["string", "number", "boolean"]}},
            "required": ["op", "field", "value"]}]}}}""");
    SCHEMAS.put("any JSON", "{}");
    SCHEMAS.put(
        "copied strings",
        """
        {"type": "object", "properties": {
          "vendor": {"type": "string", "x-paddock-source": true},
          "number": {"type": ["string", "null"], "x-paddock-source": true, "pattern": "[0-9]"}},
         "required": ["vendor", "number"]}""");
  }

  private GrammarBenchmark() {}

  public static void main(String[] args) {
    TokenVocabulary vocabulary = GgufTokenizer.read(GgufFile.open(Path.of(args[0])));
    long begin = System.nanoTime();
    SchemaCompiler compiler = new SchemaCompiler(vocabulary);
    System.out.printf("vocabulary of %d tokens: %.0f ms once%n", vocabulary.size(), millis(begin));
    System.out.println("schema           compile  first mask  median  mean   p99    tokens");
    SCHEMAS.forEach((name, schema) -> measure(name, schema, vocabulary, compiler));
  }

  private static void measure(
      String name, String schema, TokenVocabulary vocabulary, SchemaCompiler compiler) {
    Map<String, String> sources = Map.of("document", document());
    long begin = System.nanoTime();
    TokenMask mask = compiler.compile((ObjectNode) Json.tree(schema), sources);
    double compile = millis(begin);
    long[] bits = new long[vocabulary.maskWords()];
    begin = System.nanoTime();
    mask.allowed(bits);
    double first = millis(begin);
    double[] costs = new double[100_000];
    int count = 0;
    Random random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      mask = compiler.compile((ObjectNode) Json.tree(schema), sources);
      for (int i = 0; i < 200 && !mask.mustEnd(); i++) {
        begin = System.nanoTime();
        mask.allowed(bits);
        double cost = millis(begin);
        int token = plausible(vocabulary, bits, random);
        begin = System.nanoTime();
        mask.accept(token);
        costs[count++] = cost + millis(begin);
      }
    }
    double[] sorted = Arrays.copyOf(costs, count);
    Arrays.sort(sorted);
    System.out.printf(
        "%-16s %5.1f ms %8.2f ms  %.3f   %.3f  %.3f  %d%n",
        name,
        compile,
        first,
        sorted[count / 2],
        Arrays.stream(sorted).average().orElse(0),
        sorted[count * 99 / 100],
        count);
  }

  /** Mostly letters, and an end of a string now and then, as a model writes. */
  private static int plausible(TokenVocabulary vocabulary, long[] bits, Random random) {
    for (String end :
        random.nextInt(6) == 0 ? List.of("\", \"", "\"}", "\"", "}") : List.<String>of()) {
      int token = vocabulary.encode(end).getFirst();
      if (has(bits, token)) {
        return token;
      }
    }
    int any = 0;
    for (int i = 0; i < 400; i++) {
      int token = random.nextInt(vocabulary.size());
      if (has(bits, token)) {
        String text = new String(vocabulary.bytes(token), StandardCharsets.UTF_8);
        if (text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c == ' ')) {
          return token;
        }
        any = token;
      }
    }
    for (int t = 0; any == 0; t++) {
      any = has(bits, t) ? t : 0;
    }
    return any;
  }

  private static double millis(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }

  private static String document() {
    StringBuilder text = new StringBuilder("Invoice 2024-117\nMüller & Söhne GmbH\n");
    Random random = new Random(5);
    for (int i = 0; i < 400; i++) {
      text.append("item ").append(random.nextInt(1000)).append(" at ");
      text.append(random.nextInt(100)).append(".").append(random.nextInt(10, 99)).append(" EUR\n");
    }
    return text.toString();
  }

  private static boolean has(long[] bits, int token) {
    return (bits[token >> 6] & 1L << token) != 0;
  }
}
