using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Help;

/// <summary>Represents a yaml block of a page: the properties of a parameter in one or more parameter sets.</summary>
internal sealed class ParameterTable
{
    private readonly Dictionary<string, string> _facts = new(StringComparer.OrdinalIgnoreCase);

    public ParameterTable(string page, string parameter, string yaml)
    {
        foreach (string line in yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw new PageException(page, "the table of -" + parameter + " has a line without a colon: " + line);
            _facts[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
        foreach (string key in new[] { "Type", "Parameter Sets", "Required", "Position", "Default value", "Accept pipeline input", "Accept wildcard characters" })
        {
            if (!_facts.ContainsKey(key))
                throw new PageException(page, "the table of -" + parameter + " lacks '" + key + "'.");
        }
    }

    public string Type => _facts["Type"];

    public string Required => _facts["Required"].ToLowerInvariant();

    public string Position => _facts["Position"].ToLowerInvariant();

    public string Default => _facts["Default value"];

    public string PipelineInput => _facts["Accept pipeline input"];

    public string Wildcards => _facts["Accept wildcard characters"].ToLowerInvariant();

    public string Aliases => _facts.TryGetValue("Aliases", out string? aliases) && aliases.Length > 0 ? aliases : "none";

    public bool Holds(string set) =>
        _facts["Parameter Sets"] == "(All)" || _facts["Parameter Sets"].Split(',').Any(name => name.Trim().Equals(set, StringComparison.OrdinalIgnoreCase));
}
