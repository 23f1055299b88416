import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.protegrity.ap.java.ErrorMapper;
import com.protegrity.ap.java.Protector;
import com.protegrity.ap.java.SessionObject;
import java.io.File;
import java.text.SimpleDateFormat;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Objects;

/**
 * Uses the reference product's public Java client (Maven com.protegrity:application-protector-java), unmodified, against a
 * server. This client speaks HTTPS only and logs in at a host of its own: see front.ts. DEV_EDITION_HOST names the server, which
 * must have the policy test/vectors/wire/policy.json; the argument is the folder of the wire vectors of the REST API.
 * Prints one line for each check and ends with 1 if one failed.
 */
public class Check {
  private static int failed = 0;
  private static Protector protector;
  private static final String SSN = "944-07-4214";

  private interface Call {
    Object run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    protector = Protector.getProtector();
    values();
    errors();
    classes(new File(args[0]));
    System.exit(failed > 0 ? 1 : 0);
  }

  private static void values() throws Exception {
    SessionObject admin = protector.createSession("admin");
    String token = protect(admin, "ssn", SSN)[0];
    check("protect", !token.equals(SSN) && token.matches("\\d{3}-\\d{2}-\\d{4}"), true);
    check("unprotect", unprotect(admin, "ssn", token)[0], SSN);
    String[] moved = new String[1];
    protector.reprotect(admin, "zip", "ssn", new String[] {token}, moved);
    check("reprotect", unprotect(admin, "zip", moved[0])[0], SSN);
    check("bulk", List.of(unprotect(admin, "ssn", protect(admin, "ssn", SSN, "951-08-9204"))), List.of(SSN, "951-08-9204"));
    check("empty text", protect(admin, "ssn", "")[0], "");
    check("a name in any script", unprotect(admin, "name", protect(admin, "name", "Zoë Müller 漢字"))[0], "Zoë Müller 漢字");

    byte[] iv = "hr".getBytes();
    byte[] other = "it".getBytes();
    String[] withIv = new String[1];
    protector.protect(admin, "ssn", new String[] {SSN}, withIv, iv);
    check("an IV makes another token", withIv[0].equals(token), false);
    protector.reprotect(admin, "ssn", "ssn", withIv, moved, other, iv);
    String[] back = new String[1];
    protector.unprotect(admin, "ssn", moved, back, other);
    check("reprotect from IV to IV", back[0], SSN);

    int[] ints = new int[2];
    protector.protect(admin, "int", new int[] {42, -7}, ints);
    int[] intsBack = new int[2];
    protector.unprotect(admin, "int", ints, intsBack);
    check("int", Arrays.toString(intsBack), "[42, -7]");
    long[] longs = new long[1];
    protector.protect(admin, "long", new long[] {Long.MAX_VALUE}, longs);
    long[] longsBack = new long[1];
    protector.unprotect(admin, "long", longs, longsBack);
    check("long", longsBack[0], Long.MAX_VALUE);

    Date[] dates = {new SimpleDateFormat("yyyy-MM-dd HH:mm:ss").parse("1999-02-12 10:11:12")};
    Date[] protectedDates = new Date[1];
    protector.protect(admin, "datetime", dates, protectedDates);
    Date[] datesBack = new Date[1];
    protector.unprotect(admin, "datetime", protectedDates, datesBack);
    check("date", datesBack[0], dates[0]);

    byte[][] sealed = new byte[2][];
    protector.protect(admin, "text", new String[] {"Zoë", "b"}, sealed);
    String[] opened = new String[2];
    protector.unprotect(admin, "text", sealed, opened);
    check("encrypt and decrypt", List.of(opened), List.of("Zoë", "b"));

    SessionObject auditor = protector.createSession("auditor");
    check("no access: the protected value", unprotect(auditor, "ssn", token)[0], token);
    // This client has no null: it reads one as the text.
    check("no access: null", unprotect(protector.createSession("analyst"), "ssn", token)[0], "null");
  }

  private static void errors() throws Exception {
    SessionObject admin = protector.createSession("admin");
    SessionObject analyst = protector.createSession("analyst");
    String notFound = "The data element could not be found in the policy.";
    String notAllowed = "The user does not have the appropriate permissions to perform the requested operation.";
    String content = "The content of the input data is not valid.";
    checkError("unknown element, protect", () -> protect(admin, "colour", SSN), notFound);
    checkError("unknown element, unprotect", () -> unprotect(admin, "colour", SSN), notFound);
    checkError("unknown old element", () -> protector.reprotect(admin, "ssn", "colour", new String[] {SSN}, new String[1]), notFound);
    checkError("unknown new element", () -> protector.reprotect(admin, "colour", "ssn", new String[] {SSN}, new String[1]), notFound);
    checkError("unknown user", () -> protect(protector.createSession("nobody"), "ssn", SSN), "The username could not be found in the policy.");
    checkError("no permission, protect", () -> protect(analyst, "ssn", SSN), notAllowed);
    checkError("no permission, unprotect", () -> unprotect(protector.createSession("outsider"), "ssn", SSN), notAllowed);
    checkError("too short", () -> protect(admin, "ssn", SSN, "12"), "Data is too short to be protected/unprotected.");
    checkError("too long", () -> protect(admin, "string", "x".repeat(4097)), "Data is too long to be protected/unprotected.");
    checkError("text to an integer", () -> protect(admin, "int", "forty-two"), content);
    checkError("integer out of range", () -> protect(admin, "int", "2147483648"), content);
    checkError("e-mail without @", () -> protect(admin, "email", "zoe.example.com"), content);
    checkError("date that does not exist", () -> protect(admin, "dob", "1999-13-45"), content);
  }

  /** Every error of the wire vectors has the code of its audit record, as this client reads it. */
  private static void classes(File vectors) throws Exception {
    int seen = 0;
    File[] files = vectors.listFiles((folder, name) -> name.endsWith(".json"));
    Arrays.sort(files);
    for (File file : files) {
      JsonNode vector = new ObjectMapper().readTree(file);
      JsonNode text = vector.path("response").path("body").path("error_msg");
      // Texts that are not about data, which no client has a code for.
      boolean unsettled =
          file.getName().matches("(jwt|setting|missing-user|legacy-missing|path|method|key-service-throttled).*")
              || text.asText().startsWith("Required attribute");
      if (!text.isTextual() || unsettled) continue;
      JsonNode record = vector.path("records").path(0);
      int code = record.isMissingNode() ? 51 : record.path("audit_code").asInt();
      // The client finds "Integrity check failed" (21) inside "Integrity check failed." (5), or not, as its table is ordered.
      int got = ErrorMapper.getErrorDetail(text.asText()).getErrorCode();
      check(file.getName() + " is " + code, code == 5 && got == 21 ? 5 : got, code);
      seen++;
    }
    check("more than 50 errors were read", seen > 50, true);
  }

  private static String[] protect(SessionObject user, String element, String... values) throws Exception {
    String[] output = new String[values.length];
    protector.protect(user, element, values, output);
    return output;
  }

  private static String[] unprotect(SessionObject user, String element, String... values) throws Exception {
    String[] output = new String[values.length];
    protector.unprotect(user, element, values, output);
    return output;
  }

  private static void checkError(String name, Call call, String wanted) {
    try {
      check(name, "no error: " + call.run(), wanted);
    } catch (Exception error) {
      check(name, error.getMessage(), wanted);
    }
  }

  private static void check(String name, Object got, Object wanted) {
    boolean ok = Objects.equals(got, wanted);
    if (!ok) failed++;
    System.out.println((ok ? "ok  " : "FAILED  ") + name + (ok ? "" : ": " + got + ", not " + wanted));
  }
}
