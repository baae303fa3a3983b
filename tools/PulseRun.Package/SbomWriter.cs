using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PulseRun.Package;

/// <summary>
/// Writes bom.cdx.json, a CycloneDX 1.6 bill of materials of the shipped files. The CycloneDX tool describes the references of a project;
/// this class describes the files themselves. The document has no serial number and no time, which would make the bytes of each build different.
/// </summary>
internal static class SbomWriter
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(string version, IReadOnlyList<ShippedPackage> packages, IReadOnlyList<ShippedFile> own, NativeSqlite sqlite)
    {
        string[] assemblies = [.. own.Select(static file => Path.GetFileName(file.Path)).Distinct(StringComparer.Ordinal)];
        string self = $"pkg:nuget/PulseRun@{version}";
        var bill = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject
                {
                    ["type"] = "library",
                    ["bom-ref"] = self,
                    ["name"] = "PulseRun",
                    ["version"] = version,
                    ["licenses"] = Licenses(ModulePackage.License),
                    ["purl"] = self,
                },
            },
            ["components"] = new JsonArray([.. assemblies.Select(name => Own(name, version, own)), .. packages.Select(Component), Sqlite(sqlite)]),
            ["dependencies"] = new JsonArray(
            [
                Dependency(self, assemblies.Select(name => OwnRef(name, version)).Concat(packages.Select(static package => package.Purl))),
                .. assemblies.Select(name => Dependency(OwnRef(name, version), [])),
                .. packages.Select(package => Dependency(package.Purl, Needs(package, packages).Concat(package.Id == NativeSqlite.Package ? [sqlite.Purl] : []))),
                Dependency(sqlite.Purl, []),
            ]),
        };
        return bill.ToJsonString(s_options) + "\n";
    }

    private static JsonObject Component(ShippedPackage package)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = package.Purl,
            ["name"] = package.Id,
            ["version"] = package.Version,
        };
        if (package.License is { } license)
            component["licenses"] = Licenses(license);
        component["copyright"] = package.Copyright;
        component["purl"] = package.Purl;
        if (package.ProjectUrl is { } url)
            component["externalReferences"] = new JsonArray(new JsonObject { ["type"] = "website", ["url"] = url });
        component["components"] = Files(package.Files);
        return component;
    }

    /// <summary>Returns the component of an assembly of this project, with the file of each edition.</summary>
    private static JsonObject Own(string name, string version, IReadOnlyList<ShippedFile> own) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = OwnRef(name, version),
        ["name"] = name,
        ["version"] = version,
        ["licenses"] = Licenses(ModulePackage.License),
        ["components"] = Files(own.Where(file => Path.GetFileName(file.Path) == name)),
    };

    private static string OwnRef(string name, string version) => name + "@" + version;

    /// <summary>Returns the component of SQLite, which its package does not declare. Scanners find the vulnerabilities of a version by the CPE.</summary>
    private static JsonObject Sqlite(NativeSqlite sqlite) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = sqlite.Purl,
        ["name"] = "SQLite",
        ["version"] = sqlite.Version,
        ["licenses"] = Licenses("blessing"),
        ["cpe"] = $"cpe:2.3:a:sqlite:sqlite:{sqlite.Version}:*:*:*:*:*:*:*",
        ["purl"] = sqlite.Purl,
        ["externalReferences"] = new JsonArray(new JsonObject { ["type"] = "website", ["url"] = "https://sqlite.org" }),
        ["components"] = Files(sqlite.Files),
        ["properties"] = new JsonArray(new JsonObject { ["name"] = "sqlite:sourceId", ["value"] = sqlite.SourceId }),
    };

    private static JsonArray Files(IEnumerable<ShippedFile> files) => new([.. files.Select(static file => new JsonObject
    {
        ["type"] = "file",
        ["name"] = file.Path,
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = file.Sha256 }),
    })]);

    private static JsonArray Licenses(string expression) => new(new JsonObject { ["expression"] = expression });

    private static IEnumerable<string> Needs(ShippedPackage package, IReadOnlyList<ShippedPackage> packages) =>
        packages.Where(other => package.DependsOn.Contains(other.Id, StringComparer.OrdinalIgnoreCase)).Select(static other => other.Purl);

    private static JsonObject Dependency(string of, IEnumerable<string> on) => new()
    {
        ["ref"] = of,
        ["dependsOn"] = new JsonArray([.. on.Select(static purl => (JsonNode)purl)]),
    };
}
