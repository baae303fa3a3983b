# The house rules, as far as reflection and a look at the sources can check them. A new cmdlet is covered without an edit here.

BeforeDiscovery {
    Import-Module (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/PulseRun')
    $commands = @(Get-Command -Module PulseRun -CommandType Cmdlet | ForEach-Object { @{ Name = $_.Name; Command = $_ } })
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
    $commands = @(Get-Command -Module PulseRun -CommandType Cmdlet)
    $assembly = $commands[0].ImplementingType.Assembly
    $base = $assembly.GetType('PulseRun.PowerShell.Cmdlets.Base.PulseRunCmdlet')
    $connected = $assembly.GetType('PulseRun.PowerShell.Cmdlets.Base.ConnectedCmdlet')

    # Get-Own: the parameters of a cmdlet that are its own.
    function Get-Own([System.Management.Automation.CommandInfo] $Command) { @($Command.Parameters.Values | Where-Object Name -NotIn $common) }

    # Get-Element: what a parameter takes, one of many or the only one, known or not: int for int[] and for int?.
    function Get-Element([type] $Type) {
        $one = $Type.IsArray ? $Type.GetElementType() : $Type
        [System.Nullable]::GetUnderlyingType($one) ?? $one
    }

    # Get-Declared: the Parameter attributes of a parameter, one for each set.
    function Get-Declared($Parameter) { @($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] }) }

    # The sources, each with its text without comments and strings' insides untouched.
    $sources = @(Get-ChildItem "$Root/src" -Recurse -Filter *.cs | Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]' |
            ForEach-Object { [pscustomobject]@{ Path = [System.IO.Path]::GetRelativePath($Root, $_.FullName).Replace('\', '/'); Name = $_.BaseName; Code = ((Get-Content $_.FullName) -replace '^\s*//.*$') -join "`n" } })

    # Find-Code: the sources that match, but for those that may.
    function Find-Code([string] $Pattern, [string] $Except = '^$', [string] $In = '.') {
        @($sources | Where-Object { $_.Path -match $In -and $_.Path -notmatch $Except -and $_.Code -cmatch $Pattern } | ForEach-Object Path)
    }
}

Describe 'The cmdlet <Name>' -ForEach $commands {
    BeforeAll {
        $type = $Command.ImplementingType
        $own = Get-Own $Command
        $verb, $noun = $Name -split '-'
    }

    It 'is a sealed class of its name, on our base' {
        $type.FullName | Should -Be "PulseRun.PowerShell.Cmdlets.$verb$($noun -replace '^PR')Command"
        $type.IsSealed | Should -BeTrue
        $type.IsSubclassOf($base) | Should -BeTrue
    }

    It 'says what it puts out, in types that a script can name' {
        @($Command.OutputType).Count | Should -BeGreaterThan 0
        foreach ($output in $Command.OutputType) {
            $output.Type | Should -Not -BeNullOrEmpty -Because "$($output.Name) must be a type that is loaded"
            $output.Type.FullName | Should -Match '^(PulseRun\.\w+|System\.\w[\w.]*)$'
        }
    }

    It 'asks before it changes anything, if its verb says that it does' {
        $changes = $verb -in 'Add', 'Clear', 'Copy', 'Export', 'Import', 'Invoke', 'Move', 'New', 'Protect', 'Publish', 'Remove', 'Rename', 'Reset', 'Resize', 'Restart', 'Restore', 'Resume', 'Set', 'Start', 'Stop', 'Suspend', 'Unprotect', 'Update'
        # An emulator costs nothing, and is gone with the session.
        if (-not $changes -or $noun -eq 'PREmulator') { return }
        $Command.Parameters.Keys | Should -Contain 'WhatIf'
    }

    It 'takes -Context exactly if it can call' {
        if (-not $type.IsSubclassOf($connected)) { $own.Name | Should -Not -Contain 'Context'; return }
        $parameter = $Command.Parameters['Context']
        $parameter.ParameterType | Should -Be ([PulseRun.Context])
        (Get-Declared $parameter).Mandatory | Should -Not -Contain $true
        (Get-Declared $parameter).Position | Should -Be ([int]::MinValue)
    }

    It 'takes ids the way all do' {
        $id = $own | Where-Object Name -EQ Id
        if (-not $id) { return }
        $id.ParameterType | Should -Be ([string[]])
        $id.Aliases | Should -Contain 'InstanceId'
        foreach ($declared in Get-Declared $id) {
            $declared.ValueFromPipeline | Should -BeTrue
            $declared.ValueFromPipelineByPropertyName | Should -BeTrue
        }
    }

    It 'takes objects the way all do' {
        $object = $own | Where-Object Name -EQ InputObject
        if (-not $object) { return }
        foreach ($declared in Get-Declared $object) { $declared.ValueFromPipeline | Should -BeTrue }
        if ($noun -like 'PRInstance*') { $object.ParameterType | Should -Be ([PulseRun.InstanceReference[]]) }
    }

    It 'works on 1 to 256 at once, on 16 unless told otherwise' {
        $throttle = $own | Where-Object Name -EQ ThrottleLimit
        if (-not $throttle) { return }
        $range = $throttle.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }
        $range.MinRange, $range.MaxRange | Should -Be 1, 256
        $type.GetProperty('ThrottleLimit').GetValue([Activator]::CreateInstance($type)) | Should -Be 16
    }

    It 'names its parameters alike, and takes no bool, float or DateTime' {
        foreach ($parameter in $own) {
            $parameter.Name | Should -MatchExactly '^[A-Z][a-zA-Z]+$'
            $element = Get-Element $parameter.ParameterType
            # A switch is a SwitchParameter, money is decimal, a moment is a DateTimeOffset. A yes, no or whatever is a bool?.
            if ($parameter.ParameterType -eq [bool]) { throw "-$($parameter.Name) is a bool: take a SwitchParameter." }
            if ($element -in [float], [datetime]) { throw "-$($parameter.Name) is a $($element.Name)." }
            if ($parameter.Name -match 'Cost|Price|BudgetLimit') { $element | Should -Be ([decimal]) -Because "-$($parameter.Name) is money" }
            if ($parameter.Name -cmatch '(Sec|Seconds|Gb|PerMinute|Count|ThrottleLimit)$') {
                $element | Should -BeIn ([int], [double]) -Because "-$($parameter.Name) is a number of something"
                # The range of one that an empty cell of a CSV file leaves out is checked with the whole request.
                if ($parameter.Attributes.TypeId.Name -contains 'EmptyIsUnsetAttribute') { continue }
                @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }).Count | Should -Be 1 -Because "-$($parameter.Name) has limits"
            }
            if ($parameter.Name -cmatch '^(Since|Until|Before|After)$') { $element | Should -Be ([DateTimeOffset]) }
        }
    }

    It 'leaves positions to what it is about' {
        $sets = $Command.ParameterSets | ForEach-Object { @($_.Parameters | Where-Object { $_.Name -notin $common -and $_.Position -ge 0 }).Count }
        foreach ($count in $sets) { $count | Should -BeLessOrEqual 2 }
    }
}

Describe 'All cmdlets together' {
    It 'mean the same by the same parameter' {
        # -For is a state to wait for in Wait-PRInstance, and a time elsewhere: both are what one would say.
        # -InputObject is what the noun is.
        $groups = $commands | ForEach-Object { $c = $_; Get-Own $c | ForEach-Object { [pscustomobject]@{ Cmdlet = $c.Name; Name = $_.Name; Element = (Get-Element $_.ParameterType); Aliases = $_.Aliases -join ' ' } } } |
            Where-Object Name -NotIn 'For', 'InputObject' | Group-Object Name
        foreach ($group in $groups) {
            @($group.Group.Element | Sort-Object -Unique).Count | Should -Be 1 -Because "-$($group.Name) is $(($group.Group | ForEach-Object { "$($_.Element) in $($_.Cmdlet)" }) -join ', ')"
            @($group.Group.Aliases | Sort-Object -Unique).Count | Should -Be 1 -Because "-$($group.Name) has other aliases in one of $($group.Group.Cmdlet -join ', ')"
        }
    }

    It 'have no alias that is another''s parameter' {
        foreach ($command in $commands) {
            $names = @(Get-Own $command | ForEach-Object { $_.Name; $_.Aliases })
            @($names | Sort-Object -Unique).Count | Should -Be $names.Count -Because $command.Name
        }
    }
}

Describe 'What scripts can name' {
    BeforeAll {
        $core = [PulseRun.Instance].Assembly
        $public = $core.GetExportedTypes()
        $documented = @{}
        foreach ($member in ([xml](Get-Content -Raw "$ModulePath/bin/net8.0/PulseRun.Core.xml")).doc.members.member) { $documented[$member.name] = $member.InnerText.Trim() + $(if ($member.InnerXml -match '<inheritdoc') { 'inherited' }) }
    }

    It 'has an explanation, each type and each property of it' {
        $flags = [System.Reflection.BindingFlags] 'Public, Instance, Static, DeclaredOnly'
        foreach ($one in $public | Where-Object { -not $_.IsNested }) {
            $documented["T:$($one.FullName)"] | Should -Not -BeNullOrEmpty -Because $one
            foreach ($property in $one.GetProperties($flags) | Where-Object { $_.GetIndexParameters().Count -eq 0 -and $_.Name -ne 'EqualityContract' }) {
                # A property of a record's parameter list is explained there.
                $explained = $documented["P:$($one.FullName).$($property.Name)"] ?? @($documented.Keys | Where-Object { $_ -like "M:$($one.FullName).#ctor*" })
                $explained | Should -Not -BeNullOrEmpty -Because "$($one.FullName).$($property.Name)"
            }
            if ($one.IsEnum) { foreach ($value in [enum]::GetNames($one)) { $documented["F:$($one.FullName).$value"] | Should -Not -BeNullOrEmpty -Because "$($one.FullName).$value" } }
        }
    }

    It 'is explained in the present tense, for users' {
        $documented.GetEnumerator() | Where-Object { $_.Key -notlike 'M:*' -and $_.Value -match '^(Gets|Sets|Gets or sets)\b' } | ForEach-Object Key | Should -BeNullOrEmpty
    }

    It 'is sealed, or made to be derived from' {
        $public | Where-Object { $_.IsClass -and -not $_.IsSealed -and -not $_.IsAbstract } | ForEach-Object FullName | Should -BeNullOrEmpty
    }

    It 'has money as decimal and moments as DateTimeOffset' {
        foreach ($property in $public.GetProperties()) {
            (Get-Element $property.PropertyType) | Should -Not -BeIn ([datetime], [float]) -Because "$($property.DeclaringType).$($property.Name)"
            if ($property.Name -match 'Cost|Price|Balance|PerHour|Amount|Saved' -and (Get-Element $property.PropertyType).IsPrimitive) { (Get-Element $property.PropertyType) | Should -Not -Be ([double]) -Because "$($property.DeclaringType).$($property.Name)" }
        }
    }
}

Describe 'The sources' {
    It 'are found' { $sources.Count | Should -BeGreaterThan 100 }

    It 'name a file after the type it is about: small types that belong to that one may follow it' {
        foreach ($source in $sources) {
            $declared = @([regex]::Matches($source.Code, '(?m)^(?:public|internal)(?: (?:sealed|static|abstract|partial|readonly|ref))* (?:record struct|record|class|struct|interface|enum|delegate \w+) (\w+)') | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique)
            $declared | Should -Contain $source.Name.Split('.')[0] -Because $source.Path
        }
    }

    It 'write to no console, but for what is for terminals' { Find-Code '\bConsole\.(Write|Out|Error|ReadLine|ReadKey)' '^src/PulseRun.Views/' | Should -BeNullOrEmpty }

    # Today and this month are those of the one who asks, and so are the hours of a picture.
    It 'know no local time, but for <_>' -ForEach 'MeasureCostCommand\.cs$|^src/PulseRun\.Views/' { Find-Code '\bDateTime(Offset)?\.(Now|Today)\b|\.ToLocalTime\(\)|\bLocalDateTime\b' $_ | Should -BeNullOrEmpty }

    It 'decide without a clock, a file, a network or a process in Core' {
        # Formatting shows how long something has been up, now.
        Find-Code '\bUtcNow\b(?! (=>|\{))|\bStopwatch\b' '/Models/' '^src/PulseRun\.Core/' | Should -BeNullOrEmpty
        Find-Code '\b(File|Directory|HttpClient|Socket|Process|Environment)\.\w|\bnew (Random|HttpClient|Process|FileStream)\b|\bThread\b' '^$' '^src/PulseRun\.Core/' | Should -BeNullOrEmpty
    }

    It 'block no pipeline: waiting is in one place' { Find-Code 'GetAwaiter\(\)\.GetResult\(\)|\.Wait\(\)|\basync void\b' '/Running/' '^src/PulseRun\.PowerShell/' | Should -BeNullOrEmpty }

    It 'name no type of a private library in a cmdlet' { Find-Code '^using (Refit|Polly|Microsoft\.Data|SQLitePCL|Spectre|OxyPlot|(EmulatorLibrary::)?PulseRun\.(Client|Store|Emulator|Views))\b' '/Loading/' '^src/PulseRun\.PowerShell/' | Should -BeNullOrEmpty }

    It 'have two bases of cmdlets, and one for instances' {
        $assembly.GetTypes() | Where-Object { $_.IsAbstract -and $_.IsSubclassOf([System.Management.Automation.Cmdlet]) } | ForEach-Object Name | Sort-Object |
            Should -Be 'ConnectedCmdlet', 'InstanceInput', 'PulseRunCmdlet'
        # What a cmdlet shares with some others is a part that it has, and not a further class above it.
        foreach ($command in $commands) {
            $depth = 0
            for ($type = $command.ImplementingType; $type -ne [System.Management.Automation.PSCmdlet]; $type = $type.BaseType) { $depth++ }
            $depth | Should -BeIn 2, 3, 4 -Because $command.Name
        }
    }

    # A cmdlet is its parameters and one call: find, plan and act are in Fleet, decisions in Core.
    It 'have no cmdlet above 120 lines' {
        foreach ($source in $sources | Where-Object Path -Match '^src/PulseRun.PowerShell/Cmdlets/') {
            @(Get-Content "$Root/$($source.Path)").Count | Should -BeLessOrEqual 120 -Because $source.Path
        }
    }

    It 'keep the folder in the namespace: <_>' -ForEach 'Cmdlets', 'Cmdlets/Base', 'Cmdlets/Parameters', 'Running', 'Fleet', 'Session', 'Ssh' {
        $folder = $_
        foreach ($source in $sources | Where-Object { (Split-Path $_.Path).Replace('\', '/') -eq "src/PulseRun.PowerShell/$folder" }) {
            $source.Code | Should -Match "(?m)^namespace PulseRun\.PowerShell\.$([regex]::Escape($folder.Replace('/', '.')));" -Because $source.Path
        }
    }

    It 'have no regions and leave nothing to be done' { Find-Code '#region|\bTODO\b|\bHACK\b|throw new NotImplementedException' | Should -BeNullOrEmpty }

    It 'write each package''s version in one place' {
        Get-ChildItem $Root -Recurse -Depth 3 -Filter *.csproj | Select-String '<PackageReference[^>]* Version=' | ForEach-Object Path | Should -BeNullOrEmpty
    }

    It 'lock the packages of every project, and CI takes no other' {
        foreach ($project in Get-ChildItem $Root -Recurse -Depth 3 -Filter *.csproj | Where-Object FullName -NotMatch '[\\/](bin|obj|out)[\\/]') {
            $lock = Join-Path $project.DirectoryName packages.lock.json
            $lock | Should -Exist
            (Get-Content -Raw $lock | ConvertFrom-Json).dependencies | Should -Not -BeNullOrEmpty
        }
        Get-Content -Raw "$Root/.ci/run" | Should -Match 'RestoreLockedMode=true'
        Get-Content -Raw "$Root/Directory.Build.props" | Should -Match '<NuGetAudit>true</NuGetAudit>'
    }

    It 'say no version but the manifest''s' {
        Get-ChildItem $Root -Recurse -Depth 3 -Include *.csproj, *.props, *.targets | Select-String '<(Version|VersionPrefix|AssemblyVersion|FileVersion|PackageVersion)>\s*\d' | ForEach-Object Path | Should -BeNullOrEmpty
    }
}

Describe 'The walk of Stop-PRInstance in docs/dev/architecture.md' {
    BeforeAll {
        $stops = @(Select-String -Path "$Root/docs/dev/architecture.md" -Pattern '^\| (?<number>\d*) ?\| (&nbsp;)*`(?<type>\w+)(\.(?<method>\w+))?`' | ForEach-Object { $_.Matches[0] })
    }

    It 'has at most 22 stops, and at most 10 before the client' {
        $numbers = @($stops | ForEach-Object { $_.Groups['number'].Value } | Where-Object { $_ } | ForEach-Object { [int] $_ })
        $numbers | Should -Be (1..$numbers.Count)
        $numbers.Count | Should -BeIn (10..22)
        $client = @($stops | Where-Object { $_.Groups['type'].Value -eq 'PulseRunClient' })[0]
        [int] $client.Groups['number'].Value | Should -BeLessOrEqual 11
    }

    It 'names methods that are there' {
        foreach ($stop in $stops | Where-Object { $_.Groups['method'].Success }) {
            $type, $method = $stop.Groups['type'].Value, $stop.Groups['method'].Value
            $source = @($sources | Where-Object Name -EQ $type)
            $source | Should -HaveCount 1 -Because "$type.$method is a stop"
            $source[0].Code | Should -Match "\b$method[(<]" -Because "$type.$method is a stop"
        }
    }
}

Describe 'The error ids' {
    It 'are explained in the README and in about_PulseRun' {
        # That one is for faults of the module itself.
        foreach ($id in [PulseRun.ErrorIds].GetFields().Name | Where-Object { $_ -ne 'UnexpectedError' }) {
            foreach ($page in 'README.md', 'docs/about_PulseRun.md') { Get-Content -Raw "$Root/$page" | Should -MatchExactly "\b$id\b" -Because "$page must say what $id means" }
        }
    }
}
