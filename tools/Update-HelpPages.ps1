#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Updates the generated parts of docs/<Verb-Noun>.md, the syntax and the parameter tables, from the staged module.
.DESCRIPTION
    The pages are the source of the help, and their prose is kept. A new parameter gets the text of its XML comment,
    a new cmdlet gets a page to complete, and the text of a removed parameter is deleted.
.EXAMPLE
    ./tools/Update-HelpPages.ps1
.EXAMPLE
    ./tools/Update-HelpPages.ps1 -Check
    Changes nothing and writes the names of the pages that differ. Used by the tests.
#>
[CmdletBinding()]
param(
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun'),
    [string] $Docs = (Join-Path $PSScriptRoot '../docs'),
    [switch] $Check
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
Import-Module $Module

$common = [System.Management.Automation.Cmdlet]::CommonParameters
$shared = @{
    WhatIf  = 'Shows what would happen if the cmdlet runs. The cmdlet is not run.'
    Confirm = 'Prompts you for confirmation before running the cmdlet.'
}
$fence = '```'

function Get-Comments {
    # Returns the XML comments of the cmdlets from the output of the build.
    $path = Join-Path $PSScriptRoot '../src/PulseRun.PowerShell/bin/Release/net8.0/PulseRun.PowerShell.xml'
    $comments = @{}
    if (Test-Path $path) {
        foreach ($member in ([xml] (Get-Content -Raw $path)).doc.members.member) {
            if ($member.SelectSingleNode('summary')) { $comments[$member.name] = ($member.SelectSingleNode('summary').InnerText -replace '\s+', ' ').Trim() }
        }
    }
    $comments
}
$comments = Get-Comments

function Get-Comment([type] $Type, [string] $Property) {
    for (; $Type; $Type = $Type.BaseType) {
        $key = "P:$($Type.FullName).$Property"
        if ($comments.ContainsKey($key)) { return $comments[$key] }
    }
    "TODO: what -$Property does."
}

function Get-TypeName([type] $Type) {
    $inner = [Nullable]::GetUnderlyingType($Type)
    ($inner ? $inner : $Type).Name
}

function Get-Default([object] $Instance, $Parameter) {
    if ($Parameter.SwitchParameter) { return 'False' }
    $property = $Instance.GetType().GetProperty($Parameter.Name)
    $value = $property ? $property.GetValue($Instance) : $null
    if ($null -eq $value -or $value -is [array] -or "$value" -eq '') { return 'None' }
    [string] $value
}

function Split-Line([string] $Text, [int] $Width = 100) {
    # Splits at spaces outside brackets, so that a parameter stays on one line.
    $line = ''
    foreach ($token in [regex]::Matches($Text, '\[\[?[^\s].*?\](?=\s|$)|\S+(\s<[^>]+>)?').Value) {
        if ($line -and $line.Length + 1 + $token.Length -gt $Width) { $line; $line = ' ' }
        $line = $line ? "$line $token" : $token
    }
    $line
}

function Get-Syntax($Command) {
    foreach ($set in $Command.ParameterSets) {
        "### $($set.Name)$(if ($set.IsDefault -and $Command.ParameterSets.Count -gt 1) { ' (Default)' })"
        ''
        $fence
        Split-Line "$($Command.Name) $set".TrimEnd()
        $fence
        ''
    }
}

function Get-Tables($Command, $Parameter, [object] $Instance) {
    # Parameter sets in which the parameter has the same properties share one table.
    $groups = $Command.ParameterSets | ForEach-Object {
        $set = $_
        $set.Parameters | Where-Object Name -EQ $Parameter.Name | ForEach-Object { [pscustomobject]@{ Set = $set.Name; Key = "$($_.IsMandatory) $($_.Position) $($_.ValueFromPipeline) $($_.ValueFromPipelineByPropertyName)"; Facts = $_ } }
    } | Group-Object Key
    $wildcards = @($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
    $values = @($Parameter.Attributes | Where-Object { $_ -is [ValidateSet] } | ForEach-Object ValidValues)
    if ($Parameter.ParameterType.IsEnum) { $values = [enum]::GetNames($Parameter.ParameterType) }
    foreach ($group in $groups) {
        $facts = $group.Group[0].Facts
        $from = @(if ($facts.ValueFromPipelineByPropertyName) { 'ByPropertyName' }; if ($facts.ValueFromPipeline) { 'ByValue' })
        "${fence}yaml"
        "Type: $(Get-TypeName $Parameter.ParameterType)"
        "Parameter Sets: $($group.Count -eq $Command.ParameterSets.Count ? '(All)' : ($group.Group.Set -join ', '))"
        "Aliases: $($Parameter.Aliases -join ', ')".TrimEnd()
        if ($values) { "Accepted values: $($values -join ', ')" }
        ''
        "Required: $($facts.IsMandatory)"
        "Position: $($facts.Position -eq [int]::MinValue ? 'Named' : $facts.Position)"
        "Default value: $(Get-Default $Instance $Parameter)"
        "Accept pipeline input: $($from ? "True ($($from -join ', '))" : 'False')"
        "Accept wildcard characters: $wildcards"
        $fence
        ''
    }
}

function Get-Prose([string] $Body) {
    # Returns the text before the first table.
    ($Body -split "(?m)^${fence}yaml")[0].Trim()
}

function Get-Parameters($Command, [hashtable] $Known) {
    $instance = $Command.ImplementingType::new()
    $all = $Command.Parameters.Values | Where-Object { $_.Name -notin $common } | Sort-Object { $_.Name -in 'WhatIf', 'Confirm' }, Name
    foreach ($parameter in $all) {
        "### -$($parameter.Name)"
        ''
        if ($Known[$parameter.Name]) { $Known[$parameter.Name] }
        elseif ($shared[$parameter.Name]) { $shared[$parameter.Name] }
        else { Get-Comment $Command.ImplementingType $parameter.Name }
        ''
        Get-Tables $Command $parameter $instance
    }
    '### CommonParameters'
    ''
    'This cmdlet supports the common parameters: -Debug, -ErrorAction, -ErrorVariable, -InformationAction, -InformationVariable, -OutVariable, -OutBuffer, -PipelineVariable, -Verbose, -WarningAction and -WarningVariable.'
    'For more, see about_CommonParameters.'
    ''
    if ($instance -is [IDisposable]) { $instance.Dispose() }
}

function Get-NewPage($Command) {
    $summary = $comments["T:$($Command.ImplementingType.FullName)"]
    @"
---
external help file: PulseRun.PowerShell.dll-Help.xml
Module Name: PulseRun
online version:
schema: 2.0.0
---

# $($Command.Name)

## SYNOPSIS

$($summary ? $summary : 'TODO')

## SYNTAX

## DESCRIPTION

TODO

## EXAMPLES

### Example 1: TODO

${fence}powershell
$($Command.Name)
$fence

TODO

## PARAMETERS

## INPUTS

### None

## OUTPUTS

$(foreach ($type in $Command.OutputType) { "### $($type.Name)`n" })

## NOTES

Requests: TODO

## RELATED LINKS

- [about_PulseRun](about_PulseRun.md)
"@
}

foreach ($command in Get-Command -Module PulseRun -CommandType Cmdlet | Sort-Object Name) {
    $path = Join-Path $Docs "$($command.Name).md"
    $old = (Test-Path $path) ? ((Get-Content -Raw $path) -replace "`r`n", "`n") : $null
    $page = $old ? $old : (Get-NewPage $command)
    $sections = [regex]::Match($page, '(?s)\A(?<head>.*?\n## SYNTAX\n)(?<syntax>.*?)(?<middle>\n## DESCRIPTION\n.*?\n## PARAMETERS\n)(?<parameters>.*?)(?<tail>\n## INPUTS\n.*)\z')
    if (-not $sections.Success) { throw "$path is not a valid cmdlet page: a section is missing or in another order." }
    $known = @{}
    foreach ($part in [regex]::Split($sections.Groups['parameters'].Value, '(?m)^### -')) {
        if ($part -match '\A(\w+)\n(?s)(.*)\z') { $known[$Matches[1]] = Get-Prose $Matches[2] }
    }
    $new = $sections.Groups['head'].Value + "`n" + ((Get-Syntax $command) -join "`n").TrimEnd() + "`n" +
        $sections.Groups['middle'].Value + "`n" + ((Get-Parameters $command $known) -join "`n").TrimEnd() + "`n" +
        $sections.Groups['tail'].Value.TrimEnd() + "`n"
    if ($new -ceq $old) { continue }
    if ($Check) { "docs/$($command.Name).md differs from the module: run tools/Update-HelpPages.ps1." }
    else {
        Set-Content -LiteralPath $path -Value $new -NoNewline
        "docs/$($command.Name).md"
    }
}
foreach ($file in Get-ChildItem $Docs -Filter '*-*.md') {
    if (-not (Get-Command $file.BaseName -Module PulseRun -ErrorAction Ignore)) { "docs/$($file.Name) is not the page of any cmdlet." }
}
