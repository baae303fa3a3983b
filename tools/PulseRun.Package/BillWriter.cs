using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PulseRun.Package;

/// <summary>
/// bom.cdx.json: what is shipped, as a CycloneDX 1.6 bill of materials. The CycloneDX tool describes what a project refers to;
/// this describes the files that are there. It has no serial number and no time, which would make each build another one.
/// </summary>
internal static class BillWriter
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(string version, IReadOnlyList<ShippedPackage> packages)
    {
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
                    ["licenses"] = Licenses("MIT"),
                    ["purl"] = self,
                },
            },
            ["components"] = new JsonArray([.. packages.Select(Component)]),
            ["dependencies"] = new JsonArray([Dependency(self, packages.Select(static package => package.Purl)), .. packages.Select(package => Dependency(package.Purl, Needs(package, packages)))]),
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
        component["components"] = new JsonArray([.. package.Files.Select(static file => new JsonObject
        {
            ["type"] = "file",
            ["name"] = file.Path,
            ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = file.Sha256 }),
        })]);
        return component;
    }

    private static JsonArray Licenses(string expression) => new(new JsonObject { ["expression"] = expression });

    private static IEnumerable<string> Needs(ShippedPackage package, IReadOnlyList<ShippedPackage> packages) =>
        packages.Where(other => package.DependsOn.Contains(other.Id, StringComparer.OrdinalIgnoreCase)).Select(static other => other.Purl);

    private static JsonObject Dependency(string of, IEnumerable<string> on) => new()
    {
        ["ref"] = of,
        ["dependsOn"] = new JsonArray([.. on.Select(static purl => (JsonNode)purl)]),
    };
}
